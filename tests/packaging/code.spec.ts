/** `toCode`: the same request as a program, which is carried out where that needs nothing but a shell. */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";
import { attempt, ready } from "./support/attempt.ts";

const REQUEST = `{ images: [file], prompt: 'It\\'s "snow" ❄ $HOME', n: 2, seed: 7, watermark: false }`;

/** The program of one request, made by a new client in the page "plain". */
async function program(page: Page, relay: string, request: string, language: string): Promise<string> {
  const code = `Object.assign(globalThis, { program: await client.toCode(${request}, "${language}") })`;
  expect(await attempt(page, relay, code)).toEqual({ images: 0 });
  return page.evaluate(() => (globalThis as unknown as { program: string }).program);
}

test("curl sends the very request that the page sends", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("rocket.jpg"));
  expect(await attempt(page, relay, `client.edit({ ...${REQUEST}, fit: false })`)).toMatchObject({ images: 2 });
  const script = await program(page, relay, REQUEST, "curl");
  const folder = await mkdtemp(join(tmpdir(), "qwen-edit-code-"));
  try {
    await copyFile(photo("rocket.jpg"), join(folder, "rocket.jpg"));
    const env = { PATH: process.env["PATH"], DASHSCOPE_API_KEY: "sk-any" };
    const { stdout } = await promisify(execFile)("sh", ["-c", script], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ usage: { image_count: 2 } });
  } finally {
    await rm(folder, { recursive: true });
  }
  const calls = (await sim.requests()).filter(({ method }) => method === "POST");
  const bodies = await Promise.all(calls.map(async (call) => JSON.parse((await sim.bodyOf(call)).toString("utf8"))));
  expect(bodies).toHaveLength(2);
  expect(bodies[1], "what curl sent").toEqual(bodies[0]);
});

for (const [language, words] of [
  ["curl", "rocket.jpg"],
  ["python", 'data_url("rocket.jpg", "image/jpeg")'],
  ["java", "rocket.jpg"],
  ["javascript", "QwenEdit.create"],
  ["rust", "rocket.jpg"],
] as const) {
  test(`${language} names the file and never holds a key or the picture`, async ({ open, relay, sim }) => {
    const page = await ready(await open("plain"), photo("rocket.jpg"));
    const text = await program(page, relay, REQUEST, language);
    expect(text).toContain(words);
    expect(text).toContain(new URL(relay).host);
    expect(text).not.toMatch(/sk-|base64,\/9j/);
    expect(await sim.requests(), "nothing was sent").toEqual([]);
  });
}

test("its mistakes are told like those of an edit, and the next try works", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("rocket.jpg"));
  for (const [code, expected] of [
    ["client.toCode(null, 'curl')", { type: "TypeError", message: "request: expected an object, got null" }],
    ["client.toCode({ images: [file], prompt: 'p' }, 'cobol')", { type: "TypeError", message: "language: expected one of curl, python, java, javascript, rust, got string" }],
    ["client.toCode({ images: [], prompt: '' }, 'curl')", { code: "invalid-request", charged: "no", fields: ["images", "prompt"] }],
    ["client.toCode({ images: [new Blob(['text'])], prompt: 'p' }, 'curl')", { code: "picture-not-a-picture", charged: "no" }],
  ] as const) {
    expect(await attempt(page, relay, code)).toMatchObject(expected);
  }
  await page.route("**/qwen-edit-code.wasm*", (route) => route.fulfill({ status: 404 }), { times: 1 });
  expect(await attempt(page, relay, "client.toCode({ images: [file], prompt: 'p' }, 'curl')")).toMatchObject({ code: "wasm-load-failed", charged: "no", retry: "safe" });
  expect(await program(page, relay, REQUEST, "curl")).toContain("rocket.jpg");
});

test("a file without a name gets one, and a link stays a link", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("rocket.jpg"));
  const request = "{ images: [new Blob([file]), 'https://h.example/a.png'], prompt: 'p' }";
  const text = await program(page, relay, request, "python");
  expect(text).toContain('data_url("picture-1.jpg", "image/jpeg")');
  expect(text).toContain('"https://h.example/a.png"');
});

test("the entry with the wasm inside needs no second file", async ({ open, relay, page }) => {
  await ready(await open("plain"), photo("rocket.jpg"));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const code = "(await (await import('./node_modules/qwen-edit/inline.js')).QwenEdit.create({ relay })).toCode({ images: [file], prompt: 'p' }, 'rust')";
  expect(await attempt(page, relay, code)).toEqual({ images: 0 });
  expect(asked.filter((url) => url.includes(".wasm"))).toEqual([]);
});
