/** Every screen somebody may have, drawn and attached to the report; nothing may be wider than the screen. */
import type { Page, TestInfo } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";
import { Studio } from "./support/studio.ts";

const SCREENS = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1440, height: 900 },
};

for (const [device, viewport] of Object.entries(SCREENS)) {
  for (const theme of ["light", "dark"] as const) {
    for (const locale of ["en-US", "zh-CN"] as const) {
      test(`${device}, ${theme}, ${locale}`, async ({ studio: open, sim }, info) => {
        const studio = new Studio(await open({ viewport, theme, locale }));
        const { page } = studio;
        await expect(studio.add).toBeVisible();
        await draw(page, info, "empty");

        await studio.choose(photo("astronaut.png"), photo("coffee.png"));
        await studio.prompt.fill(locale === "zh-CN" ? "让图1里的人端着图2的咖啡" : "Let the person in Image 1 hold Image 2");
        await studio.count.fill("3");
        await studio.run.click();
        await expect(studio.stage).toBeVisible();
        await expect(studio.stage, "a finished picture comes into view").toBeInViewport();
        await draw(page, info, "results");

        await sim.faults({ status: 401, code: "InvalidApiKey" });
        await studio.run.click();
        await expect(studio.notice("invalid-api-key")).toBeInViewport();
        await draw(page, info, "failure");

        await studio.settings.click();
        await draw(page, info, "settings");
      });
    }
  }
}

async function draw(page: Page, info: TestInfo, state: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${state} is as wide as the screen`).toBeLessThanOrEqual(0);
  await info.attach(state, { body: await page.screenshot(), contentType: "image/png" });
}
