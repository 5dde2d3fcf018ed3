/** Whether memory stays where it is after the first edits, told by readings; and the readings as a table. */
import type { Reading } from "./memory-gauge.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * How much the JavaScript heap may hold more at the end than after the warm-up. The engine goes on compiling for hundreds
 * of edits; a run of 2,000 shows that it comes to rest.
 */
export const ALLOWANCE = 256 * KIB;

/** What no edit may leave a trace in, and what to call it. */
const CONSTANT = {
  wasmMemory: "wasm memory, bytes",
  wasmReferences: "JavaScript values that the wasm holds",
  listeners: "event listeners",
} as const;

/** What may move within the allowance. */
const NEARLY_CONSTANT = {
  jsHeap: "JavaScript heap of the page, bytes",
  workersHeap: "JavaScript heap of the workers, bytes",
  buffers: "array buffers and strings, bytes",
} as const;

/** What grew after the first `warmUp` edits, one sentence each; empty when nothing did. */
export function growth(readings: readonly Reading[], warmUp: number): string[] {
  const settled = readings.filter(({ edits }) => edits >= warmUp);
  const [first] = settled;
  const last = settled.at(-1);
  if (first === undefined || last === undefined || first === last) throw new Error("two readings after the warm-up are needed");
  // Nothing seen would be nothing grown.
  if (first.wasmMemory === 0) throw new Error("the wasm's memory was not seen");
  const found: string[] = [];
  const report = (what: string, before: number, now: number, edits: number): void => {
    found.push(`${what}: ${before} after ${first.edits} edits, ${now} after ${edits}`);
  };
  for (const [key, what] of entries(CONSTANT)) {
    const grown = settled.find((reading) => reading[key] > first[key]);
    if (grown) report(what, first[key], grown[key], grown.edits);
  }
  for (const [key, what] of entries(NEARLY_CONSTANT)) {
    if (last[key] > first[key] + ALLOWANCE) report(what, first[key], last[key], last.edits);
  }
  const survived = settled.find(({ survivors }) => survivors > 0);
  if (survived) found.push(`results and pictures that nobody holds: ${survived.survivors} not freed after ${survived.edits} edits`);
  return found;
}

const COLUMNS: readonly [heading: string, cell: (reading: Reading) => string][] = [
  ["edits", ({ edits }) => String(edits)],
  ["JS heap, MiB", ({ jsHeap }) => mebibytes(jsHeap, 2)],
  ["of workers, MiB", ({ workersHeap }) => mebibytes(workersHeap, 2)],
  ["buffers, MiB", ({ buffers }) => mebibytes(buffers, 2)],
  ["wasm memory, MiB", ({ wasmMemory }) => mebibytes(wasmMemory, 2)],
  ["JS values held by the wasm", ({ wasmReferences }) => String(wasmReferences)],
  ["listeners", ({ listeners }) => String(listeners)],
  ["results not freed", ({ survivors }) => String(survivors)],
  ["whole browser, MiB", ({ browser }) => (browser === undefined ? "?" : mebibytes(browser, 0))],
];

/** In Markdown, with the verdict below. */
export function report(readings: readonly Reading[], warmUp: number): string {
  const rows = readings.map((reading) => COLUMNS.map(([, cell]) => cell(reading)));
  const lines = [COLUMNS.map(([heading]) => heading), COLUMNS.map(() => "---:"), ...rows];
  const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const grown = growth(readings, warmUp);
  const verdict =
    grown.length === 0
      ? `ok: back at the plateau of the first ${warmUp} edits (${ALLOWANCE / KIB} KiB allowed for each heap, nothing for the wasm)`
      : ["GROWN:", ...grown.map((what) => `- ${what}`)].join("\n");
  return `${table}\n\n${verdict}\n`;
}

function mebibytes(bytes: number, digits: number): string {
  return (bytes / MIB).toFixed(digits);
}

function entries<Key extends string>(table: Readonly<Record<Key, string>>): [Key, string][] {
  return Object.entries(table) as [Key, string][];
}
