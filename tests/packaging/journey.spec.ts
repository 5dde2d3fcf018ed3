/** In every kind of page: one real photograph in, the simulator's picture out, every byte followed. */
import { readFile } from "node:fs/promises";
import { expect, photo, test } from "./fixtures.ts";
import { fixtures } from "./support/fixtures-list.ts";

interface Done {
  result: {
    images: { url: string; expiresAt: Date }[];
    usage: { width: number; height: number; imageCount: number };
    requestId: string;
    model: string;
    requested: number;
  };
  phases: string[];
  type: string;
  bytes: number[];
}

declare global {
  /** What `page/journey.js` offers. */
  function journey(task: { file: File; relay: string; prompt: string }): Promise<{ bytes: ArrayBuffer }>;
}

for (const { name } of await fixtures()) {
  test(`a photograph is edited in the page "${name}"`, async ({ open, relay, sim }) => {
    const page = await open(name);
    await page.locator("#files").setInputFiles(photo("rocket.jpg"));
    const prompt = "把天空变成\"傍晚\" 🌅";

    const done = (await page.evaluate(
      async ({ relay, prompt }) => {
        const [file] = document.querySelector<HTMLInputElement>("#files")?.files ?? [];
        if (file === undefined) throw new Error("the page has no file");
        const done = await journey({ file, relay, prompt });
        return { ...done, bytes: [...new Uint8Array(done.bytes)] };
      },
      { relay, prompt },
    )) as Done;

    const calls = (await sim.requests()).filter((request) => request.method === "POST");
    expect(calls, "one call, one paid request").toHaveLength(1);
    const [call] = calls;
    if (call === undefined) throw new Error("unreachable");
    const jpeg = await readFile(photo("rocket.jpg"), "base64");
    expect(JSON.parse((await sim.bodyOf(call)).toString("utf8"))).toEqual({
      model: "qwen-image-2.0-pro",
      input: {
        messages: [
          { role: "user", content: [{ image: `data:image/jpeg;base64,${jpeg}` }, { text: prompt }] },
        ],
      },
      parameters: {},
    });

    expect(done.phases).toEqual(["fit", "encode", "sent"]);
    expect(done.result.images).toHaveLength(1);
    expect(done.result.images[0]?.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(done.result).toMatchObject({ model: "qwen-image-2.0-pro", requested: 1, usage: { imageCount: 1 } });
    expect(done.result.requestId).not.toBe("");
    expect(done.type).toBe("image/png");
    const made = await fetch(done.result.images[0]?.url ?? "");
    expect(Buffer.from(done.bytes).equals(Buffer.from(await made.arrayBuffer()))).toBe(true);
  });
}
