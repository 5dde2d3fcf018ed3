// Writing an edit as a program. Few ask for it, so it is a wasm file of its own, loaded then.
import start, { writeCode } from "./code-glue.js";
import { loadError } from "./error.js";
import { compile } from "./load.js";

let ready;

/** `body` is the request without its files, whose names are in `names`; see `crates/qwen-edit-code`. */
export async function write(source, { body, language, relay, region, names }) {
  ready ??= load(source ?? new URL("./qwen-edit-code.wasm", import.meta.url)).catch((error) => {
    ready = undefined;
    throw error;
  });
  await ready;
  return writeCode(body, language, relay, region, names.join("\0"));
}

async function load(source) {
  const module = await compile(source);
  try {
    await start({ module_or_path: module });
  } catch (cause) {
    throw loadError("qwen-edit-code.wasm is not the one of this version of qwen-edit", cause);
  }
}
