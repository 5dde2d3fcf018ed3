// The wasm inside the JavaScript, a third larger: for places where a second file is trouble.
import { Client, open } from "./core.js";
import base64 from "./wasm-base64.js";

export { QwenEditError } from "./error.js";

export class QwenEdit extends Client {
  static create(options) {
    return open(QwenEdit, () => options?.wasm ?? bytes(), options);
  }
}

function bytes() {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
