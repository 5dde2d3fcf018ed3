/** In every kind of page: one real picture in, the simulator's picture out, every byte followed. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import type { EditResult, FitReceipt } from "qwen-edit";
import type { Sim } from "../e2e/support/sim.ts";
import { expect, photo, picture, test } from "./fixtures.ts";
import { fixtures } from "./support/fixtures-list.ts";

const PROMPT = "把天空变成\"傍晚\" 🌅";

interface Task {
  file: File;
  relay: string;
  prompt: string;
}

interface Done {
  result: EditResult;
  phases: string[];
  type: string;
  /** Of the result's bytes: they are megabytes, which is slow to carry out of the page. */
  sha256: string;
}

declare global {
  /** What `page/journey.js` offers. */
  function journey(task: Task): Promise<Omit<Done, "sha256"> & { bytes: ArrayBuffer }>;
}

async function edit(page: Page, file: string, relay: string): Promise<Done> {
  await page.locator("#files").setInputFiles(file);
  return page.evaluate(
    async ({ relay, prompt }) => {
      const [file] = document.querySelector<HTMLInputElement>("#files")?.files ?? [];
      if (file === undefined) throw new Error("the page has no file");
      const { bytes, ...done } = await journey({ file, relay, prompt });
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return { ...done, sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") };
    },
    { relay, prompt: PROMPT },
  );
}

/** The one paid request, as the simulator got it: all of it but the picture, which is given as type and bytes. */
async function arrived(sim: Sim): Promise<{ type: string; picture: Buffer }> {
  const calls = (await sim.requests()).filter((request) => request.method === "POST");
  expect(calls, "one call, one paid request").toHaveLength(1);
  const [call] = calls;
  if (call === undefined) throw new Error("unreachable");
  const body = JSON.parse((await sim.bodyOf(call)).toString("utf8"));
  const link: string = body.input.messages[0].content[0].image;
  expect(body).toEqual({
    model: "qwen-image-2.0-pro",
    input: { messages: [{ role: "user", content: [{ image: link }, { text: PROMPT }] }] },
    parameters: {},
  });
  const [, type = "", base64 = ""] = /^data:([a-z/]+);base64,(.*)$/.exec(link) ?? [];
  return { type, picture: Buffer.from(base64, "base64") };
}

/** Width and height as the browser sees them. */
async function sizeOf(page: Page, jpeg: Buffer): Promise<[number, number]> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    return [bitmap.width, bitmap.height];
  }, jpeg.toString("base64"));
}

/** Changed pictures are JPEG, and tell nothing of where and when. */
function expectNoMetadata(jpeg: Buffer): void {
  expect(jpeg.subarray(0, 3).toString("hex")).toBe("ffd8ff");
  expect(jpeg.includes("Exif\0"), "no EXIF").toBe(false);
}

for (const fixture of await fixtures()) {
  const { name, hasWorkers } = fixture;

  test(`a photograph is edited in the page "${name}"`, async ({ open, relay, sim }) => {
    const page = await open(name);
    const done = await edit(page, photo("rocket.jpg"), fixture.relay ?? relay);

    const sent = await arrived(sim);
    expect(sent.type).toBe("image/jpeg");
    expect(sent.picture.equals(await readFile(photo("rocket.jpg"))), "byte for byte").toBe(true);
    expect(done.phases).toEqual(["fit", "encode", "sent"]);
    expect(done.result.images).toHaveLength(1);
    expect(done.result.images[0]?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
    expect(done.result).toMatchObject({ model: "qwen-image-2.0-pro", requested: 1, usage: { imageCount: 1 } });
    expect(done.result.requestId).not.toBe("");
    expect(done.type).toBe("image/png");
    const made = await fetch(done.result.images[0]?.url ?? "");
    expect(done.sha256).toBe(createHash("sha256").update(Buffer.from(await made.arrayBuffer())).digest("hex"));
  });

  test(`the decoder of HEIC arrives in the page "${name}"${hasWorkers ? ", in a worker" : " and runs there"}`, async ({ open, relay, sim }) => {
    const page = await open(name);
    const before = page.workers().length;
    const done = await edit(page, picture("coffee.heic"), fixture.relay ?? relay);

    const sent = await arrived(sim);
    const receipt = done.result.receipts?.[0] as FitReceipt;
    expect(receipt).toMatchObject({
      unchanged: false,
      before: { format: "HEIC", bytes: (await readFile(picture("coffee.heic"))).length },
      after: { format: "JPEG", bytes: sent.picture.length },
      reasons: ["format"],
    });
    expectNoMetadata(sent.picture);
    expect(await sizeOf(page, sent.picture)).toEqual([receipt.before.width, receipt.before.height]);
    expect(done.phases).toEqual(["fit", "encode", "sent"]);
    // Those that could not start have ended; in their place the page itself did the work.
    const workers = page.workers().length - before;
    expect(workers, "one that decodes, one that encodes").toBe(hasWorkers ? 2 : 0);
  });
}

test("a photograph of a phone is turned, scaled, and told of in a receipt", async ({ open, relay, sim }) => {
  const page = await open("vite");
  const done = await edit(page, picture("phone.jpg"), relay);

  const sent = await arrived(sim);
  expectNoMetadata(sent.picture);
  const [width, height] = await sizeOf(page, sent.picture);
  expect(height, "upright").toBeGreaterThan(width);
  expect(height).toBe(3072);
  const receipt = done.result.receipts?.[0] as FitReceipt;
  expect(receipt).toMatchObject({
    unchanged: false,
    before: { format: "JPEG", bytes: (await readFile(picture("phone.jpg"))).length },
    after: { format: "JPEG", bytes: sent.picture.length, width, height },
  });
  expect(new Set(receipt.reasons)).toEqual(new Set(["side-too-long", "sideways", "location"]));
});
