// The usual entry: loads qwen-edit.wasm from beside this module, when the first client is made. Importing it does
// nothing, also where there is no browser.
import { Client, open } from "./core.js";

export { QwenEditError } from "./error.js";

export class QwenEdit extends Client {
  static create(options) {
    const { assetsUrl } = options ?? {};
    const code = assetsUrl && new URL("qwen-edit-code.wasm", folder(assetsUrl));
    return open(QwenEdit, () => options?.wasm ?? besideThis(assetsUrl), options, code);
  }
}

/** The second form is the one that bundlers look for: they copy the file and put its new address here. */
function besideThis(assetsUrl) {
  return assetsUrl ? new URL("qwen-edit.wasm", folder(assetsUrl)) : new URL("./qwen-edit.wasm", import.meta.url);
}

/** Relative to the page, and with the slash that makes it a folder. */
function folder(assetsUrl) {
  return new URL(String(assetsUrl).replace(/\/?$/, "/"), globalThis.location?.href);
}
