// Bring your own wasm: nothing here names a file, so nothing is loaded that was not asked for.
import { Client, fromAssets, open } from "./core.js";

export { init } from "./core.js";
export { QwenEditError } from "./error.js";

export class QwenEdit extends Client {
  static create(options) {
    return open(QwenEdit, () => options?.wasm ?? fromAssets(options, "qwen-edit.wasm")?.(), options);
  }
}
