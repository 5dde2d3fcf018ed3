// The server of the examples that need no build: the files of a folder, and the relay behind /relay, as nginx or Caddy
// put it on a real site. In an example's folder: node ../serve.mjs
import { readFile, stat } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";

const PORT = 3000;
/** That of `cargo xtask start`. */
const RELAY = "http://127.0.0.1:8080";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/**
 * Answers one request of a site.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {{ folder: string, relay: string }} site Its folder, and the origin of its relay.
 */
export async function serve(request, response, { folder, relay }) {
  if (request.url?.startsWith("/relay/")) return passOn(request, response, relay);
  const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname));
  const asked = join(folder, path);
  const isFolder = await stat(asked).then((found) => found.isDirectory(), () => false);
  const file = isFolder ? join(asked, "index.html") : asked;
  const isInside = file.startsWith(folder + sep);
  const bytes = isInside ? await readFile(file).catch(() => undefined) : undefined;
  for (const [name, value] of await headers(folder)) response.setHeader(name, value);
  if (bytes === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not here");
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(bytes);
}

/** Those of the file `_headers`, as some hosts of static sites read it too; here they always hold for all files. */
async function headers(folder) {
  const text = await readFile(join(folder, "_headers"), "utf8").catch(() => "");
  return [...text.matchAll(/^ +([\w-]+): (.*)$/gm)].map(([, name, value]) => [name, value]);
}

/**
 * What a reverse proxy does, and no more.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {string} origin
 */
export function passOn(request, response, origin) {
  const { method, headers, url = "/" } = request;
  const onward = ask(new URL(url, origin), { method, headers: { ...headers, host: new URL(origin).host } });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  // Also when the page gives up in the middle: the relay must hear of it.
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

const isProgram = import.meta.url === pathToFileURL(process.argv[1] ?? "").href;
if (isProgram) {
  const site = { folder: process.cwd(), relay: RELAY };
  const server = createServer((request, response) => void serve(request, response, site));
  // The relay takes calls from this origin only, so another port is no way out.
  server.listen(PORT, "localhost", () => process.stdout.write(`http://localhost:${PORT}\n`));
}
