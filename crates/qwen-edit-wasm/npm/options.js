// Reading what callers hand over, option by option: TypeScript promises nothing at run time. A mistake in the calling
// code is a TypeError that names the option, and nothing has happened yet.
import { jobProblem } from "./error.js";

/** `null` counts as left out everywhere, as `undefined` does. */
const isThere = (value) => value !== undefined && value !== null;

/** Of texts only the type is told: it could be a key or a signed link. */
function wrong(name, expected, value, told = value === null ? "null" : Array.isArray(value) ? "array" : typeof value) {
  return new TypeError(`${name}: expected ${expected}, got ${told}`);
}

/**
 * Reads an object in which nothing but `known` may be: a misspelt option would silently be missing from an edit that is
 * paid for.
 */
function object(value, name, known) {
  if (typeof value !== "object" || value === null) throw wrong(name, "an object", value);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new TypeError(`${key}: there is no such option; there are ${known.join(", ")}`);
  }
  return value;
}

function read(name, expected, isRight, value) {
  if (!isThere(value)) return undefined;
  if (!isRight(value)) throw wrong(name, expected, value);
  return value;
}

const readText = (name, value) => read(name, "a string", (it) => typeof it === "string", value);
const readFlag = (name, value) => read(name, "true or false", (it) => typeof it === "boolean", value);
const readFunction = (name, value) => read(name, "a function", (it) => typeof it === "function", value);
const readAbort = (name, value) => read(name, "an AbortSignal", (it) => it instanceof AbortSignal, value);

function wholeNumber(name, value) {
  if (!isThere(value) || Number.isSafeInteger(value)) return value ?? undefined;
  throw wrong(name, "a whole number", value, typeof value === "number" ? String(value) : undefined);
}

/** A number of milliseconds, bytes or pictures. */
function positive(name, value) {
  const number = wholeNumber(name, value);
  if (number !== undefined && number < 1) throw wrong(name, "a number from 1", number, String(number));
  return number;
}

/** What the wasm counts up to. */
export const MOST = 2 ** 32 - 1;

const CREATE = ["relay", "region", "key", "allowBrowserKey", "fetch", "timeoutMs", "wasm", "assetsUrl"];

/** The options of `create`. */
export function readCreate(options) {
  const { relay, region, key, allowBrowserKey, fetch, timeoutMs } = object(options, "options", CREATE);
  const base = readText("relay", relay);
  if (base === undefined) throw wrong("relay", "a string", relay);
  // A password would stand in errors of the browser, and in programs.
  if (!/^(https?:\/\/[^/@]+|)(\/|$)/i.test(base || "-")) throw wrong("relay", 'an address like "/relay" or "https://host/relay"', relay);
  return {
    relay: base,
    region: readText("region", region) ?? "beijing",
    key: readText("key", key),
    allowBrowserKey: readFlag("allowBrowserKey", allowBrowserKey) ?? false,
    fetch: readFunction("fetch", fetch),
    timeoutMs: positive("timeoutMs", timeoutMs),
  };
}

const REQUEST = [
  "images", "prompt", "model", "n", "size", "seed", "negativePrompt", "promptExtend", "watermark", "fit", "signal",
  "onProgress", "jobId",
];

/**
 * The request of `edit`, `validate`, `estimate` and `toCode`: the draft as JSON for the wasm, and the rest. Each option is
 * looked at once, wherever it comes from: a class may have getters.
 */
export function readRequest(request) {
  const {
    images, prompt, model, n, size, seed, negativePrompt, promptExtend, watermark, fit, signal, onProgress, jobId,
  } = object(request, "request", REQUEST);
  const draft = JSON.stringify({
    model: readText("model", model),
    prompt: readText("prompt", prompt),
    n: wholeNumber("n", n)?.toString(),
    size: readText("size", size),
    seed: wholeNumber("seed", seed)?.toString(),
    negativePrompt: readText("negativePrompt", negativePrompt),
    promptExtend: readFlag("promptExtend", promptExtend),
    watermark: readFlag("watermark", watermark),
  });
  return {
    draft,
    images: readImages(images),
    fit: readFit(fit),
    signal: readAbort("signal", signal),
    onProgress: readFunction("onProgress", onProgress),
    job: readJob(readText("jobId", jobId)),
  };
}

/** The arguments of `resume`. */
export function readResume(jobId, options) {
  if (readText("jobId", jobId) === undefined) throw wrong("jobId", "a string", jobId);
  const { model, n, signal, onProgress } = object(options ?? {}, "options", ["model", "n", "signal", "onProgress"]);
  return {
    job: readJob(jobId),
    model: readText("model", model),
    n: Math.min(positive("n", n) ?? 1, MOST),
    signal: readAbort("signal", signal),
    onProgress: readFunction("onProgress", onProgress),
  };
}

/** What a program can be written in. */
const LANGUAGES = ["curl", "python", "java", "javascript", "rust"];

/** The second argument of `toCode`. */
export function readLanguage(language) {
  if (!LANGUAGES.includes(language)) throw wrong("language", `one of ${LANGUAGES.join(", ")}`, language);
}

/** The options of `blob`. */
export function readSignal(options) {
  return readAbort("signal", object(options ?? {}, "options", ["signal"]).signal);
}

function readJob(id) {
  if (id !== undefined) jobProblem(id);
  return id;
}

/** Any list: an array, or the `FileList` of an input. A string is a list of characters to JavaScript, but not here. */
function readImages(images) {
  if (!isThere(images)) return [];
  if (typeof images !== "object" || typeof images[Symbol.iterator] !== "function") {
    throw wrong("images", "a list of Files, Blobs or links", images);
  }
  return Array.from(images, (image, index) => {
    const place = `images[${index}]`;
    if (image instanceof File) return { file: image, name: image.name };
    if (image instanceof Blob) return { file: image, name: place, isNameless: true };
    if (typeof image === "string") return { url: image };
    throw wrong(place, "a File, Blob or link", image);
  });
}

/** `undefined` when nothing may be changed. */
function readFit(fit) {
  if (fit === false) return undefined;
  if (!isThere(fit) || fit === true) return {};
  const { maxBodyBytes } = object(fit, "fit", ["maxBodyBytes"]);
  return { maxBodyBytes: positive("fit.maxBodyBytes", maxBodyBytes) };
}
