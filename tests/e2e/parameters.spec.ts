/** Each parameter is shown only where the model has it, is checked by field, and reaches the vendor as chosen. */
import { expect, photo, test } from "./fixtures.ts";
import type { Sim } from "./support/sim.ts";
import { Studio } from "./support/studio.ts";

async function sentParameters(sim: Sim): Promise<{ model: string; parameters: Record<string, unknown> }> {
  const call = (await sim.requests()).filter((request) => request.method === "POST").at(-1);
  if (call === undefined) throw new Error("nothing arrived");
  const { model, parameters } = JSON.parse((await sim.bodyOf(call)).toString());
  return { model, parameters };
}

test("everything that can be set is sent as set", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await studio.fill(photo("coffee.png"));
  await page.getByText("3:4", { exact: true }).click();
  await page.getByRole("button", { name: "Large" }).click();
  await studio.count.fill("2");
  await studio.seed.fill("0");
  await page.getByText("More: what to avoid").click();
  await page.getByLabel("What to avoid").fill("blur");
  await page.getByRole("switch", { name: "Smart rewriting" }).uncheck();
  await page.getByRole("switch", { name: "Watermark" }).check();
  const answer = await studio.runAndAnswer();
  expect(await sentParameters(sim)).toEqual({
    model: "qwen-image-2.0-pro",
    parameters: {
      n: 2,
      size: "1080*1440",
      seed: 0,
      negative_prompt: "blur",
      prompt_extend: false,
      watermark: true,
    },
  });
  // The service rounds sides; the page shows what was made, not what was asked.
  await expect(page.getByTestId("facts")).toContainText(`${answer.usage.width}×${answer.usage.height}`);
});

test("the plain model shows no size, no rewriting and no count, and sends none", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await studio.fill(photo("coffee.png"));
  await studio.count.fill("4");
  await page.getByText("16:9", { exact: true }).click();
  await studio.model.selectOption("qwen-image-edit");
  await expect(page.getByText("16:9", { exact: true })).toBeHidden();
  await expect(studio.count).toBeHidden();
  await expect(studio.run).toContainText("Make 1 picture");
  await page.getByText("More: what to avoid").click();
  await expect(page.getByRole("switch", { name: "Smart rewriting" })).toBeHidden();
  await expect(page.getByRole("switch", { name: "Watermark" })).toBeVisible();
  await studio.runAndAnswer();
  const { model, parameters } = await sentParameters(sim);
  expect(model).toBe("qwen-image-edit");
  expect(parameters).toEqual({ n: 1, watermark: false });
});

test("all problems are told at once, by field, and the first gets the focus", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await page.getByText("Custom", { exact: true }).click();
  await page.locator("#size-width").fill("100");
  await studio.count.fill("9");
  await studio.seed.fill("2147483648");
  await studio.run.click();
  await expect(studio.add).toBeFocused();
  await expect(page.locator("#pictures-problem")).toHaveText("Add a picture first.");
  await expect(page.locator("#prompt-problem")).toContainText("Say what should change");
  await expect(page.locator("#size-problem")).toContainText("512×512");
  await expect(page.locator("#count-problem")).toContainText("1 to 6");
  await expect(page.locator("#seed-problem")).toContainText("2147483647");
  expect(await sim.requests()).toHaveLength(0);
  // Each goes away as it is put right.
  await studio.seed.fill("7");
  await expect(page.locator("#seed-problem")).toBeHidden();
});

test("a model typed by hand is sent as it is, with a word of warning", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"));
  await studio.model.selectOption({ label: "Another model (type its name)" });
  await studio.page.getByLabel("Model name").fill("qwen-image-9000");
  await expect(studio.page.getByText("not in our list")).toBeVisible();
  await studio.run.click();
  await expect(studio.notice("model-not-found")).toBeVisible();
  expect((await sentParameters(sim)).model).toBe("qwen-image-9000");
});

test("a template is one press, and one's own words come back", async ({ studio: open }) => {
  const studio = new Studio(await open({ locale: "zh-CN" }));
  await studio.prompt.fill("我自己的话");
  await studio.page.locator('[data-template="poem"]').click();
  await expect(studio.prompt).toHaveValue(/青石桥畔柳风轻/);
  await studio.page.getByRole("button", { name: "换回我写的" }).click();
  await expect(studio.prompt).toHaveValue("我自己的话");
  await expect(studio.page.locator("[data-template]")).toHaveCount(8);
});

test("a picture's name is inserted where the cursor is", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), "Make  blue");
  await studio.prompt.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(5, 5));
  await studio.page.getByRole("button", { name: "Insert “Image 1” in the text" }).click();
  await expect(studio.prompt).toHaveValue("Make Image 1 blue");
  await expect(studio.prompt).toBeFocused();
});

test("the price on the button follows model and count", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await expect(studio.run).toContainText("Free");
  await studio.chooseBeijing();
  await studio.count.fill("3");
  await expect(studio.run).toContainText("¥1.50");
  await studio.model.selectOption("qwen-image-2.0");
  await expect(studio.run).toContainText("¥0.60");
});
