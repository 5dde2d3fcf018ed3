// The wasm inside the JavaScript, a third larger: for places where a second file is trouble.
import { Client, open } from "./core.js";
import base64 from "./wasm-base64.js";

export { QwenEditError } from "./error.js";

export class QwenEdit extends Client {
  static create(options) {
    return open(QwenEdit, () => options?.wasm ?? bytes(base64), options, code);
  }
}

/** The second wasm inside JavaScript, too, loaded when somebody asks for a program. */
const code = async () => bytes((await import("./code-base64.js")).default);

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
