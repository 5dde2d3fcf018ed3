/** What every journey builds on: a running stack, the simulator's controls, and the opened studio. */
import { expect, test as base, type Page } from "@playwright/test";
import { resolve } from "node:path";
import { Sim } from "./support/sim.ts";
import { stackFromEnvironment, startStack, type Stack } from "./support/stack.ts";

export { expect };

export interface StudioOptions {
  /** The browser's language; the page follows it. */
  locale?: "en-US" | "zh-CN";
  theme?: "light" | "dark";
  viewport?: { width: number; height: number };
  reducedMotion?: boolean;
}

export type OpenStudio = (options?: StudioOptions) => Promise<Page>;

/** A real photograph of `tests/photos`, by file name. */
export function photo(name: "astronaut.png" | "chelsea.png" | "coffee.png" | "rocket.jpg"): string {
  return resolve(import.meta.dirname, "../photos", name);
}

export const test = base.extend<{ sim: Sim; studio: OpenStudio }, { stack: Stack }>({
  stack: [
    async ({}, use) => {
      const stack = stackFromEnvironment() ?? (await startStack());
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  baseURL: async ({ stack }, use) => use(stack.origin),

  sim: async ({ stack }, use) => {
    const sim = new Sim(stack.control);
    await sim.reset();
    await use(sim);
  },

  // A context of its own per call, because language and viewport belong to the context.
  // Uncaught errors and violations of the page's security policy fail the test, whatever it looked at.
  studio: async ({ browser, baseURL }, use) => {
    const broken: string[] = [];
    const open: OpenStudio = async (options = {}) => {
      const context = await browser.newContext({
        ...(baseURL === undefined ? {} : { baseURL }),
        locale: options.locale ?? "en-US",
        colorScheme: options.theme ?? "light",
        reducedMotion: (options.reducedMotion ?? true) ? "reduce" : "no-preference",
        viewport: options.viewport ?? { width: 1440, height: 900 },
        acceptDownloads: true,
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => broken.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        // Playwright's trace reads pictures that do not show by themselves, from code without a file.
        const isOurs = message.location().url !== "";
        if (isOurs && message.text().includes("Content Security Policy")) broken.push(message.text());
      });
      await page.goto("/");
      return page;
    };
    await use(open);
    expect(broken, "errors nobody handled").toEqual([]);
  },
});
