/**
 * A server for each fixture's page, each with an origin of its own, as real pages have: the server of the examples, and
 * headers. Pages of a development server are passed on to it.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { passOn, serve } from "../../../examples/serve.mjs";
import type { Running } from "../../e2e/support/process.ts";
import { startDevelopment } from "./development.ts";
import { WORK, type Fixture } from "./fixtures-list.ts";

/** Known once relay and simulator run, which must know the origins of the pages first. */
export interface Behind {
  relay: string;
  upstream: string;
}

export interface Site {
  readonly origins: readonly string[];
  readonly behind: Behind;
  originOf(fixture: string): string;
  stop(): Promise<void>;
}

export async function startSite(fixtures: readonly Fixture[]): Promise<Site> {
  const behind: Behind = { relay: "", upstream: "" };
  const pages = new Map<string, Page>();
  for (const fixture of fixtures) {
    pages.set(fixture.name, await (fixture.isDevelopment ? developed(fixture, behind) : built(fixture, behind)));
  }
  return {
    behind,
    origins: [...pages.values()].map(({ origin }) => origin),
    originOf: (name) => pages.get(name)?.origin ?? "",
    async stop() {
      await Promise.all([...pages.values()].map((page) => page.stop()));
    },
  };
}

interface Page {
  readonly origin: string;
  stop(): Promise<void>;
}

async function built(fixture: Fixture, behind: Behind): Promise<Page> {
  const folder = join(WORK, fixture.folder, fixture.serve);
  const server = await listen((request, response) => {
    for (const [header, value] of Object.entries(fixture.headers)) {
      response.setHeader(header, value.replaceAll("{relay}", behind.relay));
    }
    void serve(request, response, { folder, relay: behind.relay });
  });
  return { origin: originOf(server), stop: () => close(server) };
}

/** Started when its page is first asked for: most test workers never do. */
async function developed(fixture: Fixture, behind: Behind): Promise<Page> {
  let running: Promise<Running> | undefined;
  const server = await listen((request, response) => {
    running ??= startDevelopment(join(WORK, fixture.folder), behind);
    running.then(
      ({ announced: [origin = ""] }) => passOn(request, response, origin),
      (error: Error) => response.writeHead(500, { "content-type": "text/plain" }).end(error.message),
    );
  });
  return {
    origin: originOf(server),
    async stop() {
      await close(server);
      await running?.then((it) => it.stop());
    },
  };
}

async function listen(answer: RequestListener): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
