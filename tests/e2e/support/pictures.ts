/** Pictures of every kind, and what became of them on their way. */
import { type Page } from "@playwright/test";
import { resolve } from "node:path";
import { type Sim } from "./sim.ts";

/** A file of `tests/pictures`. */
export function anyPicture(name: string): string {
  return resolve(import.meta.dirname, "../../pictures", name);
}

export interface SentPicture {
  type: string;
  bytes: Buffer;
}

/** The pictures of the only edit that reached the simulator, in order. */
export async function sentPictures(sim: Sim): Promise<[SentPicture, ...SentPicture[]]> {
  const calls = (await sim.requests()).filter((request) => request.method === "POST");
  if (calls.length !== 1 || calls[0] === undefined) throw new Error(`${calls.length} edits arrived`);
  const { content } = JSON.parse((await sim.bodyOf(calls[0])).toString()).input.messages[0];
  const links: string[] = content.flatMap((part: { image?: string }) => part.image ?? []);
  const [first, ...rest] = links.map((link) => {
    const [, type, base64] = /^data:([^;]+);base64,(.*)$/s.exec(link) ?? [];
    if (type === undefined || base64 === undefined) throw new Error("not a data URL");
    return { type, bytes: Buffer.from(base64, "base64") };
  });
  if (first === undefined) throw new Error("no picture was sent");
  return [first, ...rest];
}

export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue and alpha of one pixel. */
  at: (x: number, y: number) => number[];
}

/** Decodes a picture in the browser. */
export async function pixelsOf(page: Page, { type, bytes }: SentPicture): Promise<Pixels> {
  const { width, height, data } = await page.evaluate(
    async ([type, base64]) => {
      const file = new Blob([Uint8Array.from(atob(base64!), (char) => char.charCodeAt(0))], { type: type! });
      const bitmap = await createImageBitmap(file, { imageOrientation: "none" } as ImageBitmapOptions);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      // Every eighth pixel of every eighth row: whole pictures are too much to hand over.
      const data: number[][] = [];
      for (let y = 0; y < bitmap.height; y += 8) {
        const row = context.getImageData(0, y, bitmap.width, 1).data;
        const thin: number[] = [];
        for (let x = 0; x < bitmap.width; x += 8) thin.push(...row.slice(x * 4, x * 4 + 4));
        data.push(thin);
      }
      return { width: bitmap.width, height: bitmap.height, data };
    },
    [type, bytes.toString("base64")],
  );
  const at = (x: number, y: number) => data[Math.floor(y / 8)]!.slice(Math.floor(x / 8) * 4, Math.floor(x / 8) * 4 + 4);
  return { width, height, at };
}
