/** axe finds nothing, in both languages and themes, on every state of the page. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";
import { Studio } from "./support/studio.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function expectClean(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.map((violation) => ({
    rule: violation.id,
    where: violation.nodes.map((node) => node.target.join(" ")),
    why: violation.nodes[0]?.failureSummary,
  }));
  expect(found, state).toEqual([]);
}

for (const locale of ["en-US", "zh-CN"] as const) {
  for (const theme of ["light", "dark"] as const) {
    for (const [device, viewport] of [
      ["desktop", { width: 1440, height: 900 }],
      ["phone", { width: 390, height: 844 }],
    ] as const) {
      test(`axe is content: ${locale}, ${theme}, ${device}`, async ({ studio: open, sim }) => {
        const studio = new Studio(await open({ locale, theme, viewport }));
        const { page } = studio;
        await expect(studio.add).toBeVisible();
        await expectClean(page, "empty");

        await studio.run.click();
        await expect(page.locator("#prompt-problem")).toBeVisible();
        await expectClean(page, "problems shown");

        await studio.choose(photo("astronaut.png"), photo("coffee.png"));
        await studio.prompt.fill(locale === "zh-CN" ? "让图1拿着图2" : "Image 1 holds Image 2");
        await studio.count.fill("2");
        await page.locator(".advanced summary").click();
        await expectClean(page, "filled in");

        await sim.faults({ delay_ms: 2_500 });
        await studio.run.click();
        await expect(studio.cancel).toBeVisible();
        await expectClean(page, "running");
        await expect(studio.stage).toBeVisible();
        await expectClean(page, "results");

        await sim.faults({ status: 429, code: "Throttling.RateQuota" });
        await studio.run.click();
        await expect(page.locator(".notice--failure")).toBeVisible();
        await expectClean(page, "failure");

        await studio.settings.click();
        await expect(page.locator(".dialog[open]")).toBeVisible();
        await expectClean(page, "settings");
      });
    }
  }
}

test("nothing is wider than the screen, from 320 pixels up", async ({ studio: open }) => {
  for (const width of [320, 390, 600, 820, 1000, 1440]) {
    const page = await open({ viewport: { width, height: 844 } });
    await expect(page.locator("#add-pictures")).toBeVisible();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `at ${width}`).toBeLessThanOrEqual(0);
  }
});
