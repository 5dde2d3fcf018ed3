// From whatever the wasm file is given as to a compiled module. Servers are forgiven a wrong media type, but a page in
// place of the file (a single-page app answers so for every address) gets an error that says what happened.
import { loadError } from "./error.js";

const FIX = "put the package's file of this name there, or say where it is with `wasm` or `assetsUrl`";

/**
 * Starts a wasm file. `glue` is the module that was generated for it, `name` what its imports call that module.
 *
 * @throws {QwenEditError} `wasm-load-failed`.
 */
export async function start(source, glue, name) {
  const module = await compile(source);
  try {
    const { exports } = await WebAssembly.instantiate(module, { [name]: glue });
    glue.__wbg_set_wasm(exports);
    exports.__wbindgen_start();
  } catch (cause) {
    throw loadError("the wasm file is not the one of this version of qwen-edit: copy all files from one package", cause);
  }
}

/** Accepts a URL, a Response or the promise of one, bytes, a module, or a function that gives one of these. */
async function compile(source) {
  const given = await (typeof source === "function" ? source() : source);
  if (given instanceof WebAssembly.Module) return given;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return fromBytes(given, "the bytes given as `wasm`");
  if (typeof Response !== "undefined" && given instanceof Response) return fromResponse(given);
  if (typeof given === "string" || given instanceof URL) return fromAddress(given);
  const got = given === null ? "null" : typeof given;
  throw new TypeError(`wasm: expected a URL, a Response, bytes or a WebAssembly.Module, got ${got}`);
}

/** Node cannot fetch files. Asked for this way, its module is none that a bundler would look for. */
async function fromAddress(url) {
  const files = String(url).startsWith("file:") && globalThis.process?.getBuiltinModule?.("node:fs/promises");
  if (!files) return fromResponse(await download(url));
  return fromBytes(await files.readFile(new URL(url)), shown(url));
}

async function download(url) {
  try {
    return await fetch(url);
  } catch (cause) {
    throw loadError(`${shown(url)} could not be loaded: ${FIX}`, cause);
  }
}

async function fromResponse(response) {
  const name = shown(response.url);
  if (!response.ok) throw loadError(`${name} was answered with status ${response.status}: ${FIX}`);
  const type = response.headers.get("content-type") ?? "";
  try {
    // With a parameter browsers refuse to stream it.
    if (type === "application/wasm") return await WebAssembly.compileStreaming(response);
    return await fromBytes(await response.arrayBuffer(), name);
  } catch (cause) {
    if (cause.name === "QwenEditError") throw cause;
    throw loadError(`${name} did not arrive whole, or is not the wasm file`, cause);
  }
}

async function fromBytes(source, name) {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    const isPage = /^\s*</.test(new TextDecoder().decode(bytes.subarray(0, 64)));
    throw loadError(`${name} is ${isPage ? "a web page" : "something else"}, not the wasm file: ${FIX}`);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw loadError(`${name} is damaged, or this browser does not allow WebAssembly here`, cause);
  }
}

/** Without its query, which may be a signature. */
function shown(url) {
  return `"${String(url).split(/[?#]/)[0]}"`;
}
