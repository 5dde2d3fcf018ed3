/** The examples, used as a visitor would: choose a file, say what to change, press the button, see the picture. */
import { readFile } from "node:fs/promises";
import type { Locator, Page, Response } from "@playwright/test";
import { expect, photo, picture, test } from "./fixtures.ts";
import { arrived, expectNoMetadata, sizeOf } from "./support/arrived.ts";
import { startNext } from "./support/next-development.ts";
import { startOwnRelay } from "./support/own-relay.ts";

const PROMPT = "把天空变成\"傍晚\" 🌅";

/** Fills in the form and presses its button once. */
async function edit(page: Page, file: string): Promise<void> {
  await page.locator("[name=picture]").setInputFiles(file);
  await page.locator("[name=prompt]").fill(PROMPT);
  await page.getByRole("button", { name: "Edit" }).click();
}

/** The same in the tag. */
async function editInTag(page: Page, file: string): Promise<void> {
  const editor = page.locator("qwen-edit");
  const chooser = page.waitForEvent("filechooser");
  await editor.locator("[part=add]").click();
  await (await chooser).setFiles(file);
  await editor.getByRole("textbox").fill(PROMPT);
  await editor.locator("[part=run]").click();
}

/** A picture, and not the sign for a broken one. */
async function expectPicture(image: Locator): Promise<void> {
  await expect.poll(() => image.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
}

/** The page shows what the simulator made, pixel for pixel. `fetched` is how it got it through the relay. */
async function expectShown(page: Page, fetched: Response): Promise<void> {
  const link = new URL(fetched.url()).searchParams.get("url") ?? "";
  const made = Buffer.from(await (await fetch(link)).arrayBuffer());
  const image = page.locator("img");
  await expectPicture(image);
  const isSame = await image.evaluate(async (shown: HTMLImageElement, base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const pixels = (picture: ImageBitmap | HTMLImageElement) => {
      const canvas = new OffscreenCanvas(shown.naturalWidth, shown.naturalHeight);
      const context = canvas.getContext("2d");
      context?.drawImage(picture, 0, 0);
      return context?.getImageData(0, 0, canvas.width, canvas.height).data;
    };
    const made = await createImageBitmap(new Blob([bytes]));
    const [one, other] = [pixels(shown), pixels(made)];
    const sameSize = made.width === shown.naturalWidth && made.height === shown.naturalHeight;
    return sameSize && one !== undefined && one.every((value, index) => value === other?.[index]);
  }, made.toString("base64"));
  expect(isSame, "pixel for pixel").toBe(true);
}

const isPicture = (response: Response) => new URL(response.url()).pathname === "/relay/image";

for (const name of ["plain-html", "vite", "vite-development", "next", "web-worker"]) {
  test(`the example "${name}" edits a photograph`, async ({ open, sim }) => {
    const page = await open(`example-${name}`);
    const answer = page.waitForEvent("response", isPicture);
    await edit(page, photo("rocket.jpg"));
    await expect(page.locator("output")).toHaveText("Done.");
    await expectShown(page, await answer);

    const sent = await arrived(sim, PROMPT);
    expect(sent.type).toBe("image/jpeg");
    expect(sent.picture.equals(await readFile(photo("rocket.jpg"))), "byte for byte").toBe(true);
    await expect(page.getByRole("button", { name: "Edit" }), "ready for the next one").toBeEnabled();
  });

  test(`the decoder of HEIC arrives in the example "${name}", in a worker`, async ({ open, sim }) => {
    const page = await open(`example-${name}`);
    const before = page.workers().length;
    await edit(page, picture("coffee.heic"));
    await expect(page.locator("output")).toHaveText("Done.");

    const sent = await arrived(sim, PROMPT);
    expectNoMetadata(sent.picture);
    expect(await sizeOf(page, sent.picture)).toEqual([600, 400]);
    expect(page.workers().length - before, "one that decodes, one that encodes").toBe(2);
  });

  test(`the example "${name}" says what went wrong, and pays once however often one clicks`, async ({ open, sim }) => {
    const page = await open(`example-${name}`);
    await sim.faults({ status: 400, code: "DataInspectionFailed", delay_ms: 500 });
    await page.locator("[name=picture]").setInputFiles(photo("coffee.png"));
    await page.locator("[name=prompt]").fill(PROMPT);
    await page.getByRole("button", { name: "Edit" }).dblclick();
    await expect(page.locator("output")).not.toHaveText(/…|Done|^$/);
    await arrived(sim, PROMPT);
    await expect(page.locator("[name=prompt]"), "the words stay").toHaveValue(PROMPT);
  });
}

test("the tag in a form gives it the chosen picture, as a file", async ({ open, sim }) => {
  const page = await open("example-element");
  await page.locator("[name=to]").fill("Anna");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator("output"), "not sent without a picture").toBeEmpty();
  await editInTag(page, photo("coffee.png"));
  await expectPicture(page.locator("qwen-edit [part=result] img"));
  await arrived(sim, PROMPT);
  await expect(async () => {
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.locator("output")).toHaveText(/^qwen-edit-1\.png, \d+ kB, is on its way to Anna\.$/);
  }).toPass();
});

test("the component of React tells the page of every picture", async ({ open, sim }) => {
  const page = await open("example-react");
  await editInTag(page, photo("coffee.png"));
  await expect(page.locator("p")).toHaveText("Made so far: 1");
  await expectPicture(page.locator(".made img"));
  await arrived(sim, PROMPT);
  await page.locator("qwen-edit [part=run]").click();
  await expect(page.locator("p")).toHaveText("Made so far: 2");
  await expect(page.locator(".made img")).toHaveCount(2);
});

for (const path of ["", "tag/"]) {
  test(`the tag of the example "next" edits, ${path === "" ? "found from the first page" : "opened by itself"}`, async ({ open, sim }) => {
    const page = await open("example-next", path);
    if (path === "") await page.getByRole("link", { name: "the same with one tag" }).click();
    await editInTag(page, photo("coffee.png"));
    await expectPicture(page.locator("qwen-edit [part=result] img"));
    expect(await page.locator("qwen-edit [part=result] img").getAttribute("src")).toMatch(/^blob:/);
    await arrived(sim, PROMPT);
  });
}

test("Next's development server lets large pictures by and waits longer than its 30 seconds", async ({ sim, servers }) => {
  test.setTimeout(120_000);
  const next = await startNext(servers.site.behind.relay);
  try {
    const [origin = ""] = next.announced;
    const library = new URL("node_modules/qwen-edit/index.js", servers.folderOf("plain"));
    const { QwenEdit } = (await import(library.href)) as typeof import("qwen-edit");
    const client = await QwenEdit.create({ relay: `${origin}/relay`, region: "demo" });
    // 12 MB as base64; Next would cut it after 10.
    const photograph = await readFile(photo("coffee.png"));
    const large = Buffer.concat([photograph, Buffer.alloc(9_000_000 - photograph.length)]);
    await sim.faults({ delay_ms: 31_000 });
    await client.edit({ images: [new Blob([large])], prompt: PROMPT, fit: false });
    expect((await arrived(sim, PROMPT)).picture.equals(large), "byte for byte").toBe(true);
  } finally {
    await next.stop();
  }
});

test("an own relay elsewhere pays for the holder of an invite, and for nobody else", async ({ open, sim, servers }) => {
  const { site } = servers;
  const relay = await startOwnRelay(site.originOf("example-own-relay"), site.behind.upstream);
  try {
    const page = await open("example-own-relay");
    await page.locator("[name=relay]").fill(`${relay.origin}/relay`);
    await page.locator("[name=invite]").fill(`${relay.invite.slice(0, -4)}0000`);
    await edit(page, photo("coffee.png"));
    await expect(page.locator("output")).not.toHaveText(/…|Done|^$/);
    expect((await sim.requests()).filter((request) => request.method === "POST")).toEqual([]);

    await page.locator("[name=invite]").fill(relay.invite);
    const answer = page.waitForEvent("response", isPicture);
    await page.getByRole("button", { name: "Edit" }).click();
    await expect(page.locator("output")).toHaveText("Done.");
    await expectShown(page, await answer);
    const sent = await arrived(sim, PROMPT);
    expect(sent.picture.equals(await readFile(photo("coffee.png"))), "byte for byte").toBe(true);
  } finally {
    await relay.stop();
  }
});

test("a plain proxy passes edits on with the visitor's own key; pictures are shown by their links", async ({ open, sim }) => {
  const page = await open("example-plain-proxy-development");
  await page.locator("[name=key]").fill("sk-mine");
  await edit(page, photo("rocket.jpg"));
  await expect(page.locator("output")).toHaveText(/^Done\. The link/);
  await expectPicture(page.locator("img"));
  expect(await page.locator("img").getAttribute("src")).toMatch(/^http/);
  const sent = await arrived(sim, PROMPT);
  expect(sent.picture.equals(await readFile(photo("rocket.jpg"))), "byte for byte").toBe(true);
});
