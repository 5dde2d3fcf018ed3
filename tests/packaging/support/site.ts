/** One server for the pages of all fixtures: `/<fixture>/…`, nothing but files, on a port of its own. */
import { readFile, stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { WORK, type Fixture } from "./fixtures-list.ts";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly origin: string;
  /** Known once the relay runs, which must know the origin of this site first. */
  relayOrigin: string;
  stop(): Promise<void>;
}

export async function startSite(fixtures: readonly Fixture[]): Promise<Site> {
  const site = { origin: "", relayOrigin: "", stop: async () => {} };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
    const [name = "", ...rest] = path.slice(1).split("/");
    const fixture = fixtures.find((candidate) => candidate.name === name);
    if (fixture === undefined) return notFound(response);
    for (const [header, value] of Object.entries(fixture.headers)) {
      response.setHeader(header, value.replaceAll("{relay}", site.relayOrigin));
    }
    void send(join(WORK, name, fixture.serve), normalize(rest.join("/")), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  site.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return site;
}

async function send(folder: string, path: string, response: ServerResponse): Promise<void> {
  const asked = join(folder, path);
  const isFolder = await stat(asked).then((found) => found.isDirectory(), () => false);
  const file = isFolder ? join(asked, "index.html") : asked;
  const bytes = asked.startsWith(folder) ? await readFile(file).catch(() => undefined) : undefined;
  if (bytes === undefined) return notFound(response);
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  response.end(bytes);
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/plain" });
  response.end("not here");
}
