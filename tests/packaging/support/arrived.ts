/** What reached the simulator, and what pictures in it are like. */
import type { Page } from "@playwright/test";
import type { Sim } from "../../e2e/support/sim.ts";
import { expect } from "../fixtures.ts";

/** One picture as it was sent. */
export interface Sent {
  type: string;
  picture: Buffer;
}

/** The one paid request: all of it is looked at, the picture is given as type and bytes. */
export async function arrived(sim: Sim, prompt: string): Promise<Sent> {
  const calls = (await sim.requests()).filter((request) => request.method === "POST");
  expect(calls, "one call, one paid request").toHaveLength(1);
  const [call] = calls;
  if (call === undefined) throw new Error("unreachable");
  const body = JSON.parse((await sim.bodyOf(call)).toString("utf8"));
  const link: string = body.input.messages[0].content[0].image;
  expect(body).toEqual({
    model: "qwen-image-2.0-pro",
    input: { messages: [{ role: "user", content: [{ image: link }, { text: prompt }] }] },
    parameters: {},
  });
  const [, type = "", base64 = ""] = /^data:([a-z/]+);base64,(.*)$/.exec(link) ?? [];
  return { type, picture: Buffer.from(base64, "base64") };
}

/** Width and height as the browser sees them. */
export async function sizeOf(page: Page, jpeg: Buffer): Promise<[number, number]> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    return [bitmap.width, bitmap.height];
  }, jpeg.toString("base64"));
}

/** Changed pictures are JPEG, and tell nothing of where and when. */
export function expectNoMetadata(jpeg: Buffer): void {
  expect(jpeg.subarray(0, 3).toString("hex")).toBe("ffd8ff");
  expect(jpeg.includes("Exif\0"), "no EXIF").toBe(false);
}
