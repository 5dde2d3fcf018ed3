/**
 * Entry `qwen-edit/slim`: the same as `qwen-edit`, but names no wasm file. Call {@link init} once before
 * `QwenEdit.create`, or give the option `wasm`.
 *
 * @example
 * ```js
 * import { init, QwenEdit } from "qwen-edit/slim";
 * import wasm from "qwen-edit/qwen-edit.wasm?url"; // Vite; any way to an address will do
 *
 * await init(wasm);
 * const client = await QwenEdit.create({ relay: "/relay" });
 * ```
 * @module
 */
import type { WasmSource } from "./index.js";

export * from "./index.js";

/**
 * Starts the wasm, once for the page; later calls wait for the first one and ignore their argument. After a failure it
 * may be called again.
 *
 * @throws {TypeError} When `source` is none of the accepted types.
 * @throws {QwenEditError} With code `wasm-load-failed`.
 */
export function init(source: WasmSource): Promise<void>;
