/** What the README shows, used as its visitors would: the fixtures are its examples. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";
import { SOURCES } from "./support/fixtures-list.ts";

const README = resolve(import.meta.dirname, "../../crates/qwen-edit-wasm/npm/README.md");

/** A picture that was made, and not the sign for a broken one. */
async function expectPicture(page: Page, selector: string): Promise<void> {
  const width = () => page.locator(selector).evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBeGreaterThan(0);
}

/** A part of a file is shown from the margin. */
function withoutIndents(code: string): string {
  return code.replace(/^ +/gm, "");
}

for (const name of ["csp", "vite", "next"]) {
  test(`the example of the page "${name}" shows what was made`, async ({ open, sim }) => {
    const page = await open(name);
    await page.locator("[name=picture]").setInputFiles(photo("coffee.png"));
    await page.locator("[name=prompt]").fill("Make it a watercolour");
    await page.getByRole("button", { name: "Edit", exact: true }).first().click();
    await expect(page.locator("output")).toHaveText("done");
    await expectPicture(page, "img");
    expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
  });
}

for (const name of ["csp", "next"]) {
  test(`the element of the page "${name}" shows what was made`, async ({ open }) => {
    const page = await open(name);
    const editor = page.locator("qwen-edit");
    const chooser = page.waitForEvent("filechooser");
    await editor.locator("[part=add]").click();
    await (await chooser).setFiles(photo("coffee.png"));
    await editor.getByRole("textbox").fill("Make it a watercolour");
    await editor.locator("[part=run]").click();
    await expectPicture(page, "qwen-edit [part=result] img");
    expect(await editor.locator("[part=result] img").getAttribute("src")).toMatch(/^blob:/);
  });
}

test("Vite's development server is a plain proxy: no way to fetch pictures, but to show them", async ({ open, sim }) => {
  const page = await open("vite-development");
  await page.locator("#files").setInputFiles(photo("rocket.jpg"));
  const told = await page.evaluate(async () => {
    const [file] = document.querySelector<HTMLInputElement>("#files")?.files ?? [];
    const { QwenEdit } = globalThis as unknown as typeof import("qwen-edit");
    const client = await QwenEdit.create({ relay: "/relay", key: "sk-mine", allowBrowserKey: true });
    const result = await client.edit({ images: [file ?? ""], prompt: "p" });
    const [image] = result.images;
    const code = await image?.blob().catch(({ code }: import("qwen-edit").QwenEditError) => code);
    const shown = new Image();
    shown.src = image?.url ?? "";
    await shown.decode();
    return { code, width: shown.naturalWidth };
  });
  expect(told.code).toBe("relay-not-found");
  expect(told.width).toBeGreaterThan(0);
  expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
});

test("the code of the README's recipes is that of the fixtures", async () => {
  const readme = await readFile(README, "utf8");
  const blocks = [...readme.matchAll(/<!-- fixture: (\S+) -->\n```\w+\n(.*?)```/gs)];
  expect(blocks.length, "recipes").toBeGreaterThanOrEqual(6);
  for (const [, path = "", code = ""] of blocks) {
    const file = await readFile(resolve(SOURCES, path), "utf8");
    // A command of a script is a string of JSON there.
    const text = path.endsWith(".json") ? JSON.parse(`"${code.trim()}"`) : code.trim();
    expect(withoutIndents(file), path).toContain(withoutIndents(text));
  }
});
