/** One edit after the other in the page "plain", as a busy user makes them, and nothing kept of them. */
import type { Page } from "@playwright/test";
import type { QwenEdit } from "qwen-edit";
import { MemoryGauge, type Reading } from "./memory-gauge.ts";

export interface Plan {
  readonly edits: number;
  /** A reading before the first edit, after every so many, and after the last. */
  readonly every: number;
  /** The page's relay. */
  readonly relay: string;
  /** The page's own mistake, to be found out: it never lets its result pictures go. */
  readonly keepPictures?: boolean;
  readonly onReading?: (reading: Reading) => void;
}

/** Edits the files that are in the page's input, in turn, with one client. */
export async function readingsOf(page: Page, gauge: MemoryGauge, plan: Plan): Promise<Reading[]> {
  const readings = [await gauge.read(0)];
  for (let done = 0; done < plan.edits; ) {
    const next = Math.min(done + plan.every, plan.edits);
    await edit(page, done, next, plan);
    const reading = await gauge.read(next);
    plan.onReading?.(reading);
    readings.push(reading);
    done = next;
  }
  return readings;
}

async function edit(page: Page, from: number, to: number, { relay, keepPictures = false }: Plan): Promise<void> {
  await page.evaluate(
    async ({ from, to, relay, keepPictures }) => {
      const scope = globalThis as unknown as {
        qwenEdit: typeof import("qwen-edit");
        client?: QwenEdit;
        kept?: Blob[];
      };
      scope.client ??= await scope.qwenEdit.QwenEdit.create({ relay, region: "demo" });
      const files = document.querySelector<HTMLInputElement>("#files")?.files ?? [];
      for (let edit = from; edit < to; edit += 1) {
        const file = files[edit % files.length];
        if (file === undefined) throw new Error("the page has no files");
        const result = await scope.client.edit({ images: [file], prompt: `edit ${edit}` });
        const blob = await result.images[0]?.blob();
        if (blob === undefined || blob.size === 0) throw new Error(`edit ${edit} gave no picture`);
        globalThis.memoryGauge.watched.push(new WeakRef(result), new WeakRef(blob));
        if (keepPictures) (scope.kept ??= []).push(blob);
      }
    },
    { from, to, relay, keepPictures },
  );
}
