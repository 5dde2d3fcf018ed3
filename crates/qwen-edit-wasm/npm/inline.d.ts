/**
 * Entry `qwen-edit/inline`: the same as `qwen-edit`, with the wasm file inside the JavaScript, a third larger. No second
 * file is loaded.
 * @module
 */
export * from "./index.js";
