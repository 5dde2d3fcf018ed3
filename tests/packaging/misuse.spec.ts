/** Every error that the documentation names, provoked, and after each one the same client still works. */
import { expect, photo, test } from "./fixtures.ts";
import { attempt, ready, type Attempt, type Told } from "./support/attempt.ts";

const NEVER_SENT = { charged: "no", name: "QwenEditError" };

/** A mistake in the calling code, and the words of its TypeError. */
const MISTAKES: [string, Attempt, string | RegExp][] = [
  ["no options at all", "create()", "options: expected an object, got undefined"],
  ["no relay", "create({ region: 'demo' })", "relay: expected a string, got undefined"],
  ["options that are no object", "create('/relay')", "options: expected an object, got string"],
  ["an unknown option of create", "create({ relay, apiKey: 'x' })", /^apiKey: there is no such option; there are relay, /],
  ["a key that is a number", "create({ relay, key: 7 })", "key: expected a string, got number"],
  ["a fetch that is none", "create({ relay, fetch: {} })", "fetch: expected a function, got object"],
  ["a relay with a password", "create({ relay: 'https://me:pw@h.example/relay' })", 'relay: expected an address like "/relay" or "https://host/relay", got string'],
  ["a relay without a scheme", "create({ relay: 'h.example/relay' })", /^relay: expected an address like/],
  ["a relay of another scheme", "create({ relay: 'ftp://h.example/relay' })", /^relay: expected an address like/],
  ["an empty relay", "create({ relay: '' })", /^relay: expected an address like/],
  ["no time at all", "create({ relay, timeoutMs: 0 })", "timeoutMs: expected a number from 1, got 0"],
  ["no request", "client.edit(null)", "request: expected an object, got null"],
  ["a request that is no object", "client.edit([file])", /^0: there is no such option/],
  ["a misspelt option", "client.edit({ images: [file], prompt: 'p', negative_prompt: 'x' })", /^negative_prompt: there is no such option/],
  ["one picture without a list", "client.edit({ images: file, prompt: 'p' })", "images: expected a list of Files, Blobs or links, got object"],
  ["a link without a list", "client.edit({ images: 'https://example.com/a.png', prompt: 'p' })", "images: expected a list of Files, Blobs or links, got string"],
  ["a number for a list", "client.edit({ images: 7, prompt: 'p' })", "images: expected a list of Files, Blobs or links, got number"],
  ["a picture that is none", "client.edit({ images: [file, 7], prompt: 'p' })", "images[1]: expected a File, Blob or link, got number"],
  ["a picture that is null", "client.edit({ images: [null], prompt: 'p' })", "images[0]: expected a File, Blob or link, got null"],
  ["a prompt that is a symbol", "client.edit({ images: [file], prompt: Symbol() })", "prompt: expected a string, got symbol"],
  ["half a picture", "client.edit({ images: [file], prompt: 'p', n: 1.5 })", "n: expected a whole number, got 1.5"],
  ["no number", "client.edit({ images: [file], prompt: 'p', seed: NaN })", "seed: expected a whole number, got NaN"],
  ["a switch that is a text", "client.edit({ images: [file], prompt: 'p', watermark: 'no' })", "watermark: expected true or false, got string"],
  ["a signal that is a controller", "client.edit({ images: [file], prompt: 'p', signal: new AbortController() })", "signal: expected an AbortSignal, got object"],
  ["a listener that is none", "client.edit({ images: [file], prompt: 'p', onProgress: 1 })", "onProgress: expected a function, got number"],
  ["a fit that is a text", "client.edit({ images: [file], prompt: 'p', fit: 'yes' })", "fit: expected an object, got string"],
  ["a limit of fit that is none", "client.edit({ images: [file], prompt: 'p', fit: { maxBodyBytes: -1 } })", "fit.maxBodyBytes: expected a number from 1, got -1"],
  ["a job without a name", "client.resume()", "jobId: expected a string, got undefined"],
  ["validate with a wrong type", "client.validate({ images: [{}], prompt: 'p' })", "images[0]: expected a File, Blob or link, got object"],
  ["estimate with a wrong type", "client.estimate({ images: [], prompt: 'p', n: '2' })", "n: expected a whole number, got string"],
  ["null where an option could be", "client.edit({ images: { [Symbol.iterator]: 7 }, prompt: 'p' })", /^images: expected a list/],
  ["new instead of create", "new qwenEdit.QwenEdit()", /QwenEdit.create/],
];

/** What is refused before anything is sent, and how. */
const REFUSALS: [string, Attempt, Partial<Told>][] = [
  ["a vendor's key in a page", "create({ relay, key: 'sk-123' })", { code: "browser-key", retry: "never" }],
  ["an empty key", "create({ relay, key: ' ' })", { code: "invalid-api-key" }],
  ["a job id that is too short", "client.edit({ images: [file], prompt: 'p', jobId: 'x' })", { code: "invalid-job-id" }],
  ["no pictures", "client.edit({ images: [], prompt: 'p' })", { code: "invalid-request", fields: ["images"] }],
  ["no words", "client.edit({ images: [file], prompt: ' ' })", { code: "invalid-request", fields: ["prompt"] }],
  [
    "several things at once",
    "client.edit({ images: [file], prompt: '', n: 7, size: 'big', seed: -1, negativePrompt: 'x'.repeat(501) })",
    { code: "invalid-request", fields: ["prompt", "n", "size", "seed", "negativePrompt"] },
  ],
  ["an empty file", "client.edit({ images: [new Blob([])], prompt: 'p' })", { code: "picture-empty", fields: ["images[0]"] }],
  ["no picture", "client.edit({ images: [file, new File(['text'], 'a.png')], prompt: 'p' })", { code: "picture-not-a-picture", fields: ["images[1]"] }],
  ["a relative link", "client.edit({ images: ['a.png'], prompt: 'p' })", { code: "picture-url-invalid", fields: ["images[0]"] }],
  [
    "bad pictures and no words",
    "client.edit({ images: [new Blob([]), 'a.png'], prompt: '' })",
    { code: "invalid-request", fields: ["prompt", "images[0]", "images[1]"] },
  ],
  ["a document", "client.edit({ images: [new Blob(['%PDF-1.7 and more'])], prompt: 'p' })", { code: "picture-unsupported-format" }],
  ["more than 60 MiB", "client.edit({ images: [new Blob([file, new Uint8Array(60 << 20)])], prompt: 'p' })", { code: "picture-too-large" }],
  ["a picture that ends in its header", "client.edit({ images: [file.slice(0, 20)], prompt: 'p' })", { code: "picture-damaged" }],
  ["a file that is gone", `client.edit({ images: [Object.assign(new Blob([file]), { slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }) })], prompt: 'p' })`, { code: "picture-unreadable" }],
  ["a picture of 20 pixels", "client.edit({ images: [await new Promise((made) => Object.assign(document.createElement('canvas'), { width: 20, height: 20 }).toBlob(made))], prompt: 'p' })", { code: "picture-too-small" }],
  ["a picture of 400 megapixels", "client.edit({ images: [new Blob([file.slice(0, 16), new Uint8Array([0, 0, 78, 32, 0, 0, 78, 32]), file.slice(24)])], prompt: 'p' })", { code: "picture-too-many-pixels" }],
  ["an address that is none", "(await create({ relay: 'http://[' })).edit({ images: [file], prompt: 'p' })", { code: "relay-unreachable" }],
];

test.describe("a mistake in the calling code", () => {
  for (const [name, code, message] of MISTAKES) {
    test(`${name} is a TypeError that names it`, async ({ open, relay, sim }) => {
      const page = await ready(await open("plain"), photo("coffee.png"));
      const told = await attempt(page, relay, code);
      expect(told).toMatchObject({ type: "TypeError", isError: true });
      if (typeof message === "string") expect(told.message).toBe(message);
      else expect(told.message).toMatch(message);
      expect(await sim.requests(), "nothing was sent").toEqual([]);
      expect(await attempt(page, relay, "client.edit({ images: [file], prompt: 'p' })")).toMatchObject({ images: 1 });
    });
  }
});

test.describe("refused before sending", () => {
  for (const [name, code, expected] of REFUSALS) {
    test(`${name}: ${expected.code}`, async ({ open, relay, sim }) => {
      const page = await ready(await open("plain"), photo("coffee.png"));
      const told = await attempt(page, relay, code);
      expect(told).toMatchObject({ ...NEVER_SENT, ...expected, isError: true, isQwenEditError: true });
      expect(told.message).not.toContain("sk-123");
      expect(await sim.requests(), "nothing was sent").toEqual([]);
      expect(await attempt(page, relay, "client.edit({ images: [file], prompt: 'p' })")).toMatchObject({ images: 1 });
    });
  }
});

test("what is null or undefined is left out, and any list of pictures is taken", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const nothing = "create({ relay, region: 'demo', key: null, fetch: undefined, timeoutMs: null })";
  for (const images of ["new Set([file])", "(function* () { yield file; })()", "document.querySelector('#files').files"]) {
    const code = `(await ${nothing}).edit({ images: ${images}, prompt: 'p', n: null, seed: undefined, signal: null, fit: null })`;
    expect(await attempt(page, relay, code)).toMatchObject({ images: 1 });
  }
});

test("options are read wherever they come from, and once", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = `(async () => {
    let reads = 0;
    class Base { get n() { reads += 1; return 2; } get model() { return "qwen-image-edit-plus"; } }
    class Own extends Base { images = [file]; prompt = "p"; get signal() { return AbortSignal.abort("mine"); } }
    await client.edit(new Own()).catch((reason) => { if (reason !== "mine") throw reason; });
    const request = Object.defineProperty(new Own(), "signal", { value: undefined, enumerable: false });
    const result = await client.edit(request);
    return { images: result.images.concat(Array(reads - 2)) };
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ images: 2 });
  expect(await sim.requests()).toMatchObject([{ model: "qwen-image-edit-plus", n: 2 }]);
});

test("what a caller's own code throws comes back as it is", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  for (const code of [
    "create({ get relay() { throw 'mine' } })",
    "client.edit({ images: { [Symbol.iterator]() { throw 'mine' } }, prompt: 'p' })",
  ]) {
    expect(await attempt(page, relay, code)).toEqual({ isError: false, thrown: "mine" });
  }
});

test("the owner of a key may use it in an own page", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = "(await create({ relay, region: 'demo', key: 'sk-123', allowBrowserKey: true })).edit({ images: [file], prompt: 'p' })";
  expect(await attempt(page, relay, code)).toMatchObject({ images: 1 });
});
