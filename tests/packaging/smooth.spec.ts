/** The page while pictures are prepared. How long its tasks took is told in the report and not judged: machines differ. */
import { expect, picture, test } from "./fixtures.ts";

test("three photos of 12 megapixels are prepared beside the page", async ({ open, relay }) => {
  const page = await open("plain");
  await page.locator("#files").setInputFiles(Array(3).fill(picture("phone.jpg")));
  const { unchanged, tasks } = await page.evaluate(async (relay) => {
    const tasks: number[] = [];
    // The browser tells of tasks over 50 ms.
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => tasks.push(Math.round(duration))));
    observer.observe({ type: "longtask" });
    const { QwenEdit } = (globalThis as unknown as { qwenEdit: typeof import("qwen-edit") }).qwenEdit;
    const client = await QwenEdit.create({ relay, region: "demo" });
    const images = document.querySelector<HTMLInputElement>("#files")?.files ?? [];
    const { receipts } = await client.edit({ images, prompt: "p" });
    return { unchanged: receipts?.map((receipt) => receipt?.unchanged), tasks };
  }, relay);
  expect(unchanged).toEqual([false, false, false]);
  test.info().annotations.push({ type: "tasks over 50 ms", description: tasks.join(", ") || "none" });
});
