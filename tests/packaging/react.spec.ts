/** `<QwenEditor>` in both versions of React: props that change, events that become state. */
import { expect, photo, test } from "./fixtures.ts";

interface App {
  setRelay(relay: string): void;
  setImages(images: File[]): void;
}

for (const version of [18, 19]) {
  test(`the component edits in React ${version}`, async ({ open, relay, sim }) => {
    const page = await open(`react-${version}`);
    await page.locator("#files").setInputFiles(photo("coffee.png"));
    await page.evaluate((relay) => {
      const { app } = globalThis as unknown as { app: App };
      app.setRelay(relay);
      app.setImages([...(document.querySelector<HTMLInputElement>("#files")?.files ?? [])]);
    }, relay);
    const editor = page.locator("qwen-edit.editor");
    await expect(editor.locator("[part=thumb]")).toHaveCount(1);
    await expect(editor).toHaveAttribute("relay", relay);
    await editor.locator("[part=run]").click();
    await expect(page.locator("output")).toHaveText("1 fit,encode,sent");
    expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
  });
}
