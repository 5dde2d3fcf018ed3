/** In every fixture: one real picture in, the simulator's picture out, every byte followed. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import type { CodeLanguage, EditResult, FitReceipt } from "qwen-edit";
import { expect, photo, picture, test } from "./fixtures.ts";
import { arrived, expectNoMetadata, sizeOf } from "./support/arrived.ts";
import { fixtures } from "./support/fixtures-list.ts";

const PROMPT = "把天空变成\"傍晚\" 🌅";

interface Task {
  file: File;
  relay: string;
  prompt: string;
  /** The same request as a program, too. */
  language?: CodeLanguage | undefined;
}

interface Done {
  result: EditResult;
  phases: string[];
  type: string;
  program?: string | undefined;
  /** Of the result's bytes: they are megabytes, which is slow to carry out of the page. */
  sha256: string;
}

declare global {
  /** What `page/journey.js` offers. */
  function journey(task: Task): Promise<Omit<Done, "sha256"> & { bytes: ArrayBuffer }>;
}

async function edit(page: Page, file: string, relay: string, language?: CodeLanguage): Promise<Done> {
  await page.locator("#files").setInputFiles(file);
  return page.evaluate(
    async ({ relay, prompt, language }) => {
      const [file] = document.querySelector<HTMLInputElement>("#files")?.files ?? [];
      if (file === undefined) throw new Error("the page has no file");
      const { bytes, ...done } = await journey({ file, relay, prompt, language });
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return { ...done, sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") };
    },
    { relay, prompt: PROMPT, language },
  );
}

for (const fixture of (await fixtures()).filter(({ isExample }) => !isExample)) {
  const { name, hasWorkers } = fixture;

  test(`a photograph is edited in the page "${name}"`, async ({ open, relay, sim }) => {
    const page = await open(name);
    const done = await edit(page, photo("rocket.jpg"), fixture.relay ?? relay, "python");

    const sent = await arrived(sim, PROMPT);
    expect(sent.type).toBe("image/jpeg");
    expect(sent.picture.equals(await readFile(photo("rocket.jpg"))), "byte for byte").toBe(true);
    expect(done.phases).toEqual(["fit", "encode", "sent"]);
    expect(done.result.images).toHaveLength(1);
    expect(done.result.images[0]?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
    expect(done.result).toMatchObject({ model: "qwen-image-2.0-pro", requested: 1, usage: { imageCount: 1 } });
    expect(done.result.requestId).not.toBe("");
    expect(done.type).toBe("image/png");
    expect(done.program).toContain('data_url("rocket.jpg", "image/jpeg")');
    const made = await fetch(done.result.images[0]?.url ?? "");
    expect(done.sha256).toBe(createHash("sha256").update(Buffer.from(await made.arrayBuffer())).digest("hex"));
  });

  test(`the decoder of HEIC arrives in the page "${name}"${hasWorkers ? ", in a worker" : " and runs there"}`, async ({ open, relay, sim }) => {
    const page = await open(name);
    const before = page.workers().length;
    const done = await edit(page, picture("coffee.heic"), fixture.relay ?? relay);

    const sent = await arrived(sim, PROMPT);
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
  const page = await open("webpack");
  const done = await edit(page, picture("phone.jpg"), relay);

  const sent = await arrived(sim, PROMPT);
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
