/** `<qwen-edit>` as its user meets it: by mouse, keyboard, paste and drop, in a form, in two languages, in failure. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";

class Editor {
  readonly page: Page;
  readonly host: Locator;
  readonly prompt: Locator;
  readonly run: Locator;
  readonly cancel: Locator;
  readonly thumbs: Locator;
  readonly results: Locator;
  readonly status: Locator;
  readonly error: Locator;

  constructor(page: Page) {
    this.page = page;
    this.host = page.locator("qwen-edit");
    this.prompt = this.host.getByRole("textbox");
    this.run = this.host.locator("[part=run]");
    this.cancel = this.host.locator("[part=cancel]");
    this.thumbs = this.host.locator("[part=thumb]");
    this.results = this.host.locator("[part=result]");
    this.status = this.host.getByRole("status");
    this.error = this.host.getByRole("alert");
  }

  /** Points the element at the relay of this run. */
  async connect(relay: string): Promise<this> {
    await this.host.evaluate((element, relay) => element.setAttribute("relay", relay), relay);
    return this;
  }

  async choose(...files: string[]): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.host.locator("[part=add]").click();
    await (await chooser).setFiles(files);
  }

  async fill(...files: string[]): Promise<void> {
    await this.choose(...files);
    await this.prompt.fill("Make it a watercolour");
  }
}

const paid = (requests: { method: string }[]) => requests.filter((request) => request.method === "POST");

test("pictures and a sentence become a result, by one paid request however often one clicks", async ({ open, relay, sim }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.fill(photo("coffee.png"), photo("rocket.jpg"));
  await expect(editor.thumbs).toHaveCount(2);
  await editor.run.dblclick();
  await editor.host.evaluate((element) => void (element as unknown as { run(): void }).run());
  await expect(editor.results).toHaveCount(1);
  await expect(editor.status).toHaveText("Done: 1 picture.");
  expect(paid(await sim.requests())).toHaveLength(1);
  const events = await editor.page.evaluate(() => (globalThis as unknown as { events: [string, boolean, boolean][] }).events);
  expect(new Set(events.map(([type]) => type))).toEqual(new Set(["submit", "progress", "result"]));
  expect(events.every(([, composed]) => composed)).toBe(true);
  expect(events.filter(([, , cancelable]) => cancelable).map(([type]) => type)).toEqual(["submit"]);
});

test("the form gets the result as a file, byte for byte, and is not valid before", async ({ open, relay }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  const { page } = editor;
  expect(await page.locator("form").evaluate((form: HTMLFormElement) => form.checkValidity())).toBe(false);
  await editor.fill(photo("coffee.png"));
  await editor.run.click();
  await expect(editor.results).toHaveCount(1);
  await expect.poll(() => editor.host.evaluate((it) => (it as unknown as { value: unknown }).value instanceof File)).toBe(true);
  await page.locator("#submit").click();
  const { name, bytes, link } = await page.evaluate(async () => {
    const { submitted, editor } = globalThis as unknown as { submitted: File[]; editor: { result: { images: { url: string }[] } } };
    const [file] = submitted;
    return { name: file?.name, bytes: [...new Uint8Array((await file?.arrayBuffer()) ?? [])], link: editor.result.images[0]?.url };
  });
  expect(name).toBe("qwen-edit-1.png");
  const made = Buffer.from(await (await fetch(link ?? "")).arrayBuffer());
  expect(Buffer.from(bytes).equals(made)).toBe(true);

  await page.locator("#reset").click();
  await expect(editor.results).toHaveCount(0);
  await expect(editor.thumbs).toHaveCount(0);
  await expect(editor.prompt).toHaveValue("");
});

test("an edit can be cancelled, which is said with what it may have cost", async ({ open, relay, sim }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.fill(photo("coffee.png"));
  await sim.faults({ delay_ms: 60_000 });
  await editor.run.focus();
  await editor.page.keyboard.press("Enter");
  await expect(editor.status).toHaveText("Sent. Making the picture …");
  await expect(editor.run).toBeFocused();
  await editor.page.keyboard.press("Enter");
  await expect(editor.cancel, "pressing twice does not cancel").toBeVisible();
  await editor.page.keyboard.press("Tab");
  await expect(editor.cancel).toBeFocused();
  expect(await editor.page.locator("form").evaluate((form: HTMLFormElement) => form.checkValidity())).toBe(false);
  await editor.page.keyboard.press("Enter");
  await expect(editor.error).toHaveText("You stopped waiting.It may have been charged. Check before you try again.");
  await expect(editor.run).toBeFocused();
});

test("a page may stop an edit before it begins", async ({ open, relay, sim }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.fill(photo("coffee.png"));
  await editor.page.evaluate(() => document.addEventListener("qwen-edit-submit", (event) => event.preventDefault()));
  await editor.run.click();
  await expect(editor.run).toBeEnabled();
  expect(await sim.requests()).toEqual([]);
});

test("what is missing is said, in both languages, and costs nothing", async ({ open, relay, sim }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.run.click();
  await expect(editor.error).toContainText("Add a picture.");
  await expect(editor.error).toContainText("Say what should change.");
  await expect(editor.error).toContainText("Nothing was charged.");
  await editor.host.evaluate((element) => element.setAttribute("lang", "zh-CN"));
  await expect(editor.run).toHaveText("开始修改");
  await editor.run.click();
  await expect(editor.error).toContainText("没有产生费用。");
  expect(await sim.requests()).toEqual([]);
});

test("a file that is no picture is named by its number", async ({ open, relay }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.fill(photo("coffee.png"), new URL("element.spec.ts", import.meta.url).pathname);
  await editor.run.click();
  await expect(editor.error).toContainText("Image 2 is not a picture.");
});

for (const { fault, words } of [
  { fault: { status: 429, code: "Throttling.RateQuota" }, words: ["Too many requests", "Nothing was charged.", "Throttling.RateQuota"] },
  { fault: { status: 400, code: "DataInspectionFailed" }, words: ["did not accept", "Nothing was charged."] },
  { fault: { drop: "before" as const }, words: ["It may have been charged."] },
]) {
  test(`the failure ${JSON.stringify(fault)} is put into words, and the next edit works`, async ({ open, relay, sim }) => {
    const editor = await new Editor(await open("element")).connect(relay);
    await editor.fill(photo("coffee.png"));
    await sim.faults(fault);
    await editor.run.click();
    for (const said of words) await expect(editor.error).toContainText(said);
    expect(paid(await sim.requests())).toHaveLength(1);
    await editor.run.click();
    await expect(editor.results).toHaveCount(1);
    await expect(editor.error).toBeHidden();
  });
}

test("pictures are dropped and pasted, reordered and removed by keyboard", async ({ open, relay }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  const { page } = editor;
  const bytes = (await readFile(photo("coffee.png"))).toString("base64");
  const send = (kind: "drop" | "paste", name: string) =>
    editor.host.evaluate(
      (element, { kind, name, bytes }) => {
        const transfer = new DataTransfer();
        const data = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
        transfer.items.add(new File([data], name, { type: "image/png" }));
        const event =
          kind === "drop"
            ? new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer })
            : new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer });
        element.dispatchEvent(event);
      },
      { kind, name, bytes },
    );
  await send("drop", "first.png");
  await send("paste", "second.png");
  const names = () =>
    editor.host.evaluate((it) => (it as unknown as { images: File[] }).images.map((image) => image.name));
  expect(await names()).toEqual(["first.png", "second.png"]);
  await page.getByRole("button", { name: "Move image 2 one place forward" }).focus();
  await page.keyboard.press("Enter");
  expect(await names()).toEqual(["second.png", "first.png"]);
  await page.getByRole("button", { name: "Remove image 1" }).press("Enter");
  expect(await names()).toEqual(["first.png"]);
  await expect(page.getByRole("button", { name: "Remove image 1" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(editor.host.locator("[part=add]")).toBeFocused();
});

test("results are downloaded as they were made", async ({ open, relay }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.fill(photo("coffee.png"));
  await editor.run.click();
  await expect(editor.results).toHaveCount(1);
  const download = editor.page.waitForEvent("download");
  await editor.host.getByRole("button", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("qwen-edit-1.png");
  const link = await editor.host.evaluate((it) => (it as unknown as { result: { images: { url: string }[] } }).result.images[0]?.url);
  const made = Buffer.from(await (await fetch(link ?? "")).arrayBuffer());
  expect((await readFile(await (await download).path())).equals(made)).toBe(true);
});

test("a vendor's key never leaves the page", async ({ open, relay, sim }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.fill(photo("coffee.png"));
  await editor.host.evaluate((element) => Object.assign(element, { key: "sk-secret" }));
  await editor.run.click();
  await expect(editor.error).toContainText("This page is set up with a key that must not be in a page.");
  expect(await editor.page.content()).not.toContain("sk-secret");
  expect(await sim.requests()).toEqual([]);
});

test("a second copy of the package defines nothing and breaks nothing", async ({ open }) => {
  const page = await open("element");
  const same = await page.evaluate(async () => {
    const before = customElements.get("qwen-edit");
    const again = "./node_modules/qwen-edit/element.js?again";
    await import(again);
    return before === customElements.get("qwen-edit");
  });
  expect(same).toBe(true);
});

test("what a screen reader finds", async ({ open, relay }) => {
  const editor = await new Editor(await open("element")).connect(relay);
  await editor.choose(photo("coffee.png"));
  await expect(editor.host).toMatchAriaSnapshot(`
    - heading "Pictures" [level=2]
    - list "Pictures":
      - listitem:
        - img "Image 1"
        - button "Remove image 1"
      - listitem:
        - button "Add pictures"
    - text: What should change?
    - textbox "What should change?"
    - button "Edit"
    - status
  `);
});

for (const [lang, words] of [
  ["en", ["The number of pictures is 2: choose 1.", "The size cannot be chosen for this model."]],
  ["zh", ["张数是 2，应为 1。", "这个模型不能选尺寸。"]],
] as const) {
  test(`what is wrong with a field is said in its words (${lang})`, async ({ open, relay }) => {
    const page = await open("element");
    const element = page.locator("qwen-edit");
    const options = { relay, region: "demo", lang, model: "qwen-image-edit", n: "2", size: "3x3", prompt: "p" };
    await element.evaluate((it, options) => Object.entries(options).forEach(([name, value]) => it.setAttribute(name, value)), options);
    await element.locator("input[type=file]").setInputFiles(photo("rocket.jpg"));
    await element.locator("button.run").click();
    for (const sentence of words) await expect(element.getByRole("alert")).toContainText(sentence);
  });
}

test("it is light on a page that states nothing, whatever the system is", async ({ open, page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open("element");
  const paper = () => page.locator("qwen-edit").evaluate((it) => getComputedStyle(it).backgroundColor);
  await page.evaluate(() => (document.documentElement.style.colorScheme = "normal"));
  expect(await paper()).toBe("rgb(250, 248, 244)");
  await page.evaluate(() => (document.documentElement.style.colorScheme = "light dark"));
  expect(await paper()).toBe("rgb(27, 26, 23)");
});
