// Writing an edit as a program. Few ask for it, so it is a wasm file of its own, loaded then.
import * as glue from "./code-glue.js";
import { start } from "./load.js";

let ready;

/** `body` is the request without its files, whose names are in `names`; see `crates/qwen-edit-code`. */
export async function write(source, { body, language, relay, region, names }) {
  ready ??= start(source ?? new URL("./qwen-edit-code.wasm", import.meta.url), glue, "./code-glue_bg.js").catch((error) => {
    ready = undefined;
    throw error;
  });
  await ready;
  return glue.writeCode(body, language, relay, region, names.map((name) => name.replaceAll("\0", "")).join("\0"));
}
