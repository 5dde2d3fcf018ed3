/** What a page holds in memory after a garbage collection: JavaScript of page and workers, wasm, and what wasm holds. */
import { readFile } from "node:fs/promises";
import type { CDPSession, Page } from "@playwright/test";
import { WorkerHeaps } from "./worker-heaps.ts";

/** All sizes in bytes. */
export interface Reading {
  /** How many edits were made before it. */
  readonly edits: number;
  /** JavaScript objects of the page. */
  readonly jsHeap: number;
  /** JavaScript objects of all workers of the page. */
  readonly workersHeap: number;
  /** What array buffers and long strings of page and workers hold; the wasm memory is not among it. */
  readonly buffers: number;
  readonly wasmMemory: number;
  /** JavaScript values in the tables of the wasm. */
  readonly wasmReferences: number;
  readonly listeners: number;
  /** Of the objects that the page gave to `watched` and then let go, how many are still there. */
  readonly survivors: number;
  /** Every process of the browser, as the system counts it; undefined where the system does not say. */
  readonly browser: number | undefined;
}

/** What the gauge puts into the page. */
interface InPage {
  /** The memories and tables of every wasm instance. */
  wasmParts: (WebAssembly.Memory | WebAssembly.Table)[];
  watched: WeakRef<object>[];
}

declare global {
  var memoryGauge: InPage;
}

export class MemoryGauge {
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #workers: WorkerHeaps;

  private constructor(page: Page, cdp: CDPSession, workers: WorkerHeaps) {
    this.#page = page;
    this.#cdp = cdp;
    this.#workers = workers;
  }

  /** To be called before the page is opened: the wasm is seen when it starts. */
  static async of(page: Page): Promise<MemoryGauge> {
    await page.addInitScript(watchWasm);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable");
    return new MemoryGauge(page, cdp, await WorkerHeaps.of(cdp));
  }

  async read(edits: number): Promise<Reading> {
    await this.#collectGarbage();
    const { usedSize, backingStorageSize } = await this.#cdp.send("Runtime.getHeapUsage");
    const workers = await this.#workers.read();
    const { metrics } = await this.#cdp.send("Performance.getMetrics");
    return {
      edits,
      jsHeap: usedSize,
      workersHeap: workers.usedSize,
      buffers: backingStorageSize + workers.backingStorageSize,
      listeners: metrics.find(({ name }) => name === "JSEventListeners")?.value ?? 0,
      ...(await this.#page.evaluate(readInPage)),
      browser: await this.#browserMemory(),
    };
  }

  /** Twice: what the wasm kept for an object is let go after the first one found the object dead. */
  async #collectGarbage(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await this.#cdp.send("HeapProfiler.collectGarbage");
      await this.#page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    }
  }

  /** The share of each process (PSS), so that what they share counts once. */
  async #browserMemory(): Promise<number | undefined> {
    const browser = await this.#page.context().browser()?.newBrowserCDPSession();
    if (browser === undefined) return undefined;
    const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
    await browser.detach();
    const shares = await Promise.all(processInfo.map(({ id }) => shareOf(id)));
    return shares.reduce((sum, share) => (sum === undefined || share === undefined ? undefined : sum + share), 0);
  }
}

/** 0 for a process that has ended meanwhile, undefined where there is no `/proc`. */
async function shareOf(process: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${process}/smaps_rollup`, "utf8").catch(() => undefined);
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(text ?? "")?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** Runs in the page, before its own scripts. The package offers no way to its memory, and should not. */
function watchWasm(): void {
  const wasmParts: InPage["wasmParts"] = [];
  globalThis.memoryGauge = { wasmParts, watched: [] };
  const keep = (instance: WebAssembly.Instance): void => {
    for (const part of Object.values(instance.exports)) {
      if (part instanceof WebAssembly.Memory || part instanceof WebAssembly.Table) wasmParts.push(part);
    }
  };
  for (const name of ["instantiate", "instantiateStreaming"] as const) {
    const start = WebAssembly[name] as (...given: unknown[]) => Promise<unknown>;
    const watched = async (...given: unknown[]): Promise<unknown> => {
      const started = await start(...given);
      keep(started instanceof WebAssembly.Instance ? started : (started as WebAssembly.WebAssemblyInstantiatedSource).instance);
      return started;
    };
    Object.assign(WebAssembly, { [name]: watched });
  }
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Instance, given: [WebAssembly.Module]) {
      const instance = new Instance(...given);
      keep(instance);
      return instance;
    },
  });
}

/** Runs in the page. */
function readInPage(): Pick<Reading, "wasmMemory" | "wasmReferences" | "survivors"> {
  const gauge = globalThis.memoryGauge;
  let [wasmMemory, wasmReferences] = [0, 0];
  for (const part of gauge.wasmParts) {
    if (part instanceof WebAssembly.Memory) {
      wasmMemory += part.buffer.byteLength;
      continue;
    }
    // A free place is null or undefined.
    for (let place = 0; place < part.length; place += 1) if (part.get(place) != undefined) wasmReferences += 1;
  }
  gauge.watched = gauge.watched.filter((object) => object.deref() !== undefined);
  return { wasmMemory, wasmReferences, survivors: gauge.watched.length };
}
