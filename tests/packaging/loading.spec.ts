/** The wasm file on its way: every answer a server may give for it, and that trying again helps. */
import { readFile } from "node:fs/promises";
import type { Page, Route } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";
import { attempt, ready } from "./support/attempt.ts";

const WASM = "**/qwen-edit.wasm*";
const EDIT = "client.edit({ images: [file], prompt: 'p' })";

/** Answers the next request for the wasm file once; later ones are the server's own affair. */
async function answerOnce(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route(WASM, answer, { times: 1 });
}

const BROKEN: [string, (route: Route) => Promise<void>, string | RegExp][] = [
  [
    "a page in its place",
    (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<!doctype html><title>App</title>" }),
    /^"http:\/\/127\.0\.0\.1:\d+\/node_modules\/qwen-edit\/qwen-edit\.wasm" is a web page, not the wasm file: /,
  ],
  [
    "a page that claims to be wasm",
    (route) => route.fulfill({ status: 200, contentType: "application/wasm", body: "<!doctype html>" }),
    /did not arrive whole, or is not the wasm file$/,
  ],
  ["something else", (route) => route.fulfill({ status: 200, body: "not here" }), /is something else, not the wasm file/],
  ["no file", (route) => route.fulfill({ status: 404, body: "" }), /was answered with status 404: put the package's file of this name there/],
  ["no connection", (route) => route.abort(), /could not be loaded: put the package's file of this name there/],
];

for (const [name, answer, message] of BROKEN) {
  test(`${name} is an error that says so, and the next try works`, async ({ open, relay, page }) => {
    await open("plain");
    await ready(page, photo("coffee.png"));
    await answerOnce(page, answer);
    const told = await attempt(page, relay, "create({ relay })");
    expect(told).toMatchObject({ code: "wasm-load-failed", charged: "no", retry: "safe", isQwenEditError: true, hasStack: true });
    expect(told.message).toMatch(message);
    expect(await attempt(page, relay, EDIT)).toMatchObject({ images: 1 });
  });
}

for (const contentType of ["application/octet-stream", "text/plain", "application/wasm; charset=utf-8"]) {
  test(`the media type ${contentType} is forgiven`, async ({ open, relay, page }) => {
    await open("plain");
    await ready(page, photo("coffee.png"));
    await answerOnce(page, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "content-type": contentType } });
    });
    expect(await attempt(page, relay, EDIT)).toMatchObject({ images: 1 });
  });
}

test("many clients at once load one file", async ({ open, relay, page }) => {
  await open("plain");
  await ready(page, photo("coffee.png"));
  let loads = 0;
  await page.route(WASM, (route) => {
    loads += 1;
    return route.continue();
  });
  const code = "Promise.all([1, 2, 3].map(() => create({ relay, region: 'demo' }))).then(([one]) => one.edit({ images: [file], prompt: 'p' }))";
  expect(await attempt(page, relay, code)).toMatchObject({ images: 1 });
  expect(loads).toBe(1);
});

test("nothing is loaded before the first client", async ({ open, page }) => {
  let loads = 0;
  await page.route(WASM, (route) => {
    loads += 1;
    return route.continue();
  });
  await open("plain");
  expect(loads).toBe(0);
});

test.describe("the wasm given as", () => {
  const sources: [string, string][] = [
    ["a relative address", "'node_modules/qwen-edit/qwen-edit.wasm'"],
    ["a URL", "new URL('node_modules/qwen-edit/qwen-edit.wasm', location.href)"],
    ["an answer", "fetch('node_modules/qwen-edit/qwen-edit.wasm')"],
    ["bytes", "await (await fetch('node_modules/qwen-edit/qwen-edit.wasm')).arrayBuffer()"],
    ["a view of bytes", "new Uint8Array(await (await fetch('node_modules/qwen-edit/qwen-edit.wasm')).arrayBuffer())"],
    ["a module", "await WebAssembly.compileStreaming(fetch('node_modules/qwen-edit/qwen-edit.wasm'))"],
  ];
  for (const [name, source] of sources) {
    test(`${name} starts the slim entry`, async ({ open, relay, page }) => {
      await open("plain");
      await ready(page, photo("coffee.png"));
      const code = `import('./node_modules/qwen-edit/slim.js').then(async ({ QwenEdit }) =>
        (await QwenEdit.create({ relay, region: 'demo', wasm: ${source} })).edit({ images: [file], prompt: 'p' }))`;
      expect(await attempt(page, relay, code, { client: false })).toMatchObject({ images: 1 });
    });
  }

  test("nothing is a TypeError of the slim entry", async ({ open, relay, page }) => {
    await open("plain");
    const code = "import('./node_modules/qwen-edit/slim.js').then(({ QwenEdit }) => QwenEdit.create({ relay }))";
    const told = await attempt(page, relay, code, { client: false });
    expect(told).toMatchObject({
      type: "TypeError",
      message: "wasm: expected a URL, a Response, bytes or a WebAssembly.Module, got undefined",
    });
  });
});

test("the inline entry loads no second file", async ({ open, relay, page }) => {
  await page.route(WASM, (route) => route.abort());
  await open("plain");
  await ready(page, photo("coffee.png"));
  const code = `import('./node_modules/qwen-edit/inline.js').then(async ({ QwenEdit }) =>
    (await QwenEdit.create({ relay, region: 'demo' })).edit({ images: [file], prompt: 'p' }))`;
  expect(await attempt(page, relay, code, { client: false })).toMatchObject({ images: 1 });
});

test("files copied to a folder of the page's own are found with assetsUrl", async ({ open, relay, page, servers }) => {
  await open("plain");
  await ready(page, photo("coffee.png"));
  await page.route("**/assets/qwen-edit.wasm", async (route) => {
    const bytes = await readFile(new URL("node_modules/qwen-edit/qwen-edit.wasm", servers.folderOf("plain")));
    await route.fulfill({ body: bytes, contentType: "application/wasm" });
  });
  const code = "create({ relay, region: 'demo', assetsUrl: '/assets' }).then((it) => it.edit({ images: [file], prompt: 'p' }))";
  expect(await attempt(page, relay, code, { client: false })).toMatchObject({ images: 1 });
});

test("a folder of files that makes no address rejects, and is not looked at where the wasm is given", async ({ open, relay, page }) => {
  await ready(await open("plain"), photo("coffee.png"));
  const bad = "create({ relay, region: 'demo', assetsUrl: 'http://[' })";
  expect(await attempt(page, relay, `${bad}.then(() => ({}), (error) => { throw error; })`)).toMatchObject({ type: "TypeError" });
  const given = "create({ relay, region: 'demo', assetsUrl: 'http://[', wasm: fetch('./node_modules/qwen-edit/qwen-edit.wasm') })";
  expect(await attempt(page, relay, `(await ${given}).edit({ images: [file], prompt: 'p' })`)).toMatchObject({ images: 1 });
});
