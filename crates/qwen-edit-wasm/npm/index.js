// The usual entry: loads qwen-edit.wasm from beside this module, when the first client is made. Importing it does
// nothing, also where there is no browser.
import { Client, fromAssets, open } from "./core.js";

export { QwenEditError } from "./error.js";

/** This form is the one that bundlers look for: they copy the file and put its new address here. */
const besideThis = () => new URL("./qwen-edit.wasm", import.meta.url);

export class QwenEdit extends Client {
  static create(options) {
    return open(QwenEdit, () => options?.wasm ?? (fromAssets(options, "qwen-edit.wasm") ?? besideThis)(), options);
  }
}
