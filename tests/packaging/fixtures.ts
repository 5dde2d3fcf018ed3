/** What every packaging test builds on: the page server, a relay on another origin, a simulator. */
import { expect, test as base, type Page } from "@playwright/test";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Sim } from "../e2e/support/sim.ts";
import { startStack, USUAL_LATENCY } from "../e2e/support/stack.ts";
import { fixtures, WORK } from "./support/fixtures-list.ts";
import { startSite, type Site } from "./support/site.ts";

export { expect };

interface WorkerOptions {
  /** How long the simulator takes for a call; for tests that make many. */
  latency: string;
}

interface Servers {
  readonly site: Site;
  /** The relay's base, for `QwenEdit.create`. */
  readonly relay: string;
  /** The simulator's control address. */
  readonly control: string;
  /** Where a fixture was made, with a slash at the end. */
  folderOf(fixture: string): URL;
}

function folderOf(fixture: string): URL {
  return pathToFileURL(`${resolve(WORK, fixture)}/`);
}

/** Opens the page of a fixture, or `path` in it, and waits until its script has run. */
export type Open = (fixture: string, path?: string) => Promise<Page>;

/** A real photograph of `tests/photos`, by file name. */
export function photo(name: "astronaut.png" | "chelsea.png" | "coffee.png" | "rocket.jpg"): string {
  return resolve(import.meta.dirname, "../photos", name);
}

/** A file of `tests/pictures`, as phones and computers give them. */
export function picture(name: "phone.jpg" | "coffee.heic"): string {
  return resolve(import.meta.dirname, "../pictures", name);
}

export const test = base.extend<{ sim: Sim; relay: string; open: Open }, { servers: Servers } & WorkerOptions>({
  latency: [USUAL_LATENCY, { option: true, scope: "worker" }],

  servers: [
    async ({ latency }, use) => {
      const site = await startSite(await fixtures());
      const stack = await startStack({ allowedOrigins: site.origins, staticDir: WORK, latency });
      Object.assign(site.behind, { relay: stack.origin, upstream: stack.upstream });
      await use({ site, relay: `${stack.origin}/relay`, control: stack.control, folderOf });
      await stack.stop();
      await site.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  relay: async ({ servers }, use) => use(servers.relay),

  // Also for tests that do not look at it: a fault that an earlier one left must not hit them.
  sim: [
    async ({ servers }, use) => {
      const sim = new Sim(servers.control);
      await sim.reset();
      await use(sim);
    },
    { auto: true },
  ],

  // Errors nobody caught, and violations of a page's security policy, fail the test, whatever it looked at.
  open: async ({ page, servers }, use) => {
    const broken: string[] = [];
    page.on("pageerror", (error) => broken.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) broken.push(message.text());
    });
    await use(async (fixture, path = "") => {
      const address = `${servers.site.originOf(fixture)}/${path}`;
      if (fixture.startsWith("example-")) {
        // An example tells nobody when it is ready: it is when nothing more is loaded.
        await page.goto(address, { waitUntil: "networkidle" });
      } else {
        await page.goto(address);
        await expect(page.locator("html")).toHaveAttribute("data-ready", "yes");
      }
      return page;
    });
    expect(broken, "errors nobody handled").toEqual([]);
  },
});
