/** Many edits in one page leave nothing behind. `cargo xtask bench edits` is the long one. */
import { writeFile } from "node:fs/promises";
import { expect, photo, picture, test } from "./fixtures.ts";
import { readingsOf } from "./support/many-edits.ts";
import { MemoryGauge, type Reading } from "./support/memory-gauge.ts";
import { ALLOWANCE, growth, report } from "./support/plateau.ts";

const EDITS = Number(process.env.QWEN_EDIT_BENCH_EDITS ?? 60);
const EVERY = EDITS >= 500 ? 50 : 10;
const WARM_UP = 2 * EVERY;
/** A deadline for a page that hangs; nobody judges how long an edit takes. */
const PATIENCE_MS = 60_000 + EDITS * 5_000;

/** One is turned, scaled and encoded anew, one goes byte for byte. */
const FILES = [picture("phone.jpg"), photo("coffee.png")];

test.use({ latency: "0" });

test("memory is back at its plateau after many edits", { tag: "@bench-edits" }, async ({ open, page, relay, sim }) => {
  test.setTimeout(PATIENCE_MS);
  const gauge = await MemoryGauge.of(page);
  await open("plain");
  await page.locator("#files").setInputFiles(FILES);
  const started = performance.now();
  const readings = await readingsOf(page, gauge, {
    edits: EDITS,
    every: EVERY,
    relay,
    onReading: ({ edits }) => process.stderr.write(`${edits} edits, ${Math.round((performance.now() - started) / 1000)} s\n`),
  });
  const [last] = (await sim.requests()).filter(({ method }) => method === "POST").slice(-1);
  expect(last, "the edits reached the API").toMatchObject({ complete: true, status: 200 });
  const text = report(readings, WARM_UP);
  if (process.env.QWEN_EDIT_BENCH_REPORT) await writeFile(process.env.QWEN_EDIT_BENCH_REPORT, text);
  expect(growth(readings, WARM_UP), text).toEqual([]);
});

test("a page that keeps its pictures is found out", async ({ open, page, relay }) => {
  const gauge = await MemoryGauge.of(page);
  await open("plain");
  await page.locator("#files").setInputFiles(photo("coffee.png"));
  const readings = await readingsOf(page, gauge, { edits: 6, every: 2, relay, keepPictures: true });
  expect(growth(readings, 2)).toEqual(["results and pictures that nobody holds: 2 not freed after 2 edits"]);
});

const QUIET: Reading = {
  edits: 0,
  jsHeap: 2_000_000,
  workersHeap: 300_000,
  buffers: 60_000,
  wasmMemory: 1_507_328,
  wasmReferences: 8,
  listeners: 15,
  survivors: 0,
  browser: undefined,
};
const GROWN: [string, Partial<Reading>, RegExp][] = [
  ["one page of wasm memory", { wasmMemory: QUIET.wasmMemory + 65_536 }, /^wasm memory, bytes: 1507328 after 20 edits, 1572864 after 60$/],
  ["one value that the wasm holds", { wasmReferences: 9 }, /^JavaScript values that the wasm holds: 8 /],
  ["one listener", { listeners: 16 }, /^event listeners: 15 /],
  ["a heap beyond the allowance", { jsHeap: QUIET.jsHeap + ALLOWANCE + 1 }, /^JavaScript heap of the page/],
  ["a worker's heap beyond the allowance", { workersHeap: QUIET.workersHeap + ALLOWANCE + 1 }, /^JavaScript heap of the workers/],
  ["buffers beyond the allowance", { buffers: QUIET.buffers + ALLOWANCE + 1 }, /^array buffers/],
];

for (const [what, change, sentence] of GROWN) {
  test(`${what} more is growth after the warm-up, and none during it`, () => {
    const at = (edits: number, more: Partial<Reading> = {}): Reading => ({ ...QUIET, ...more, edits });
    expect(growth([at(0), at(20), at(60, change)], 20)).toEqual([expect.stringMatching(sentence)]);
    expect(growth([at(0), at(20, change), at(60, change)], 20)).toEqual([]);
  });
}
