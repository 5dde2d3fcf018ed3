/**
 * Edit pictures by telling a Qwen image model what to change.
 *
 * @example
 * ```js
 * import { QwenEdit } from "qwen-edit";
 *
 * const client = await QwenEdit.create({ relay: "/relay", region: "demo" });
 * const result = await client.edit({ images: [file], prompt: "Make it a watercolour" });
 * document.images[0].src = result.images[0].url;
 * ```
 * @module
 */

import type { ModelInfo } from "./models.js";
import type { EditRequest, ResumeOptions } from "./request.js";
import type { EditResult } from "./result.js";
import type { PictureCode, Validation, Violation } from "./validation.js";

export type { ModelInfo, SizeRule, Span, Words } from "./models.js";
export type { EditRequest, FitOptions, Progress, ResumeOptions } from "./request.js";
export type { EditResult, FitReason, FitReceipt, PictureFacts, ResultImage, Usage } from "./result.js";
export type { PictureCode, Validation, Violation, ViolationCode, WarningCode } from "./validation.js";

/** Where the wasm file comes from: an address, an answer, the bytes, or what was compiled from them. */
export type WasmSource =
  | string
  | URL
  | Response
  | Promise<Response>
  | BufferSource
  | WebAssembly.Module
  | Promise<WebAssembly.Module>;

/** Options of {@link QwenEdit.create}. */
export interface CreateOptions {
  /** Where the routes of a relay begin: `"/relay"`, or `"https://relay.example/relay"`. */
  relay: string;
  /** A region of the relay: `"beijing"` (the default), `"singapore"`, `"demo"`, or one of its own. */
  region?: string | undefined;
  /**
   * The token of an invite, when the relay holds the vendor's key; or the vendor's key itself, which begins with `sk-`
   * and is refused unless {@link allowBrowserKey} is true. The region `demo`, and a relay that asks for nothing, need
   * none.
   */
  key?: string | undefined;
  /**
   * Allows a key of the vendor's in `key`. Everybody who opens the page can read it and spend with it, so this is for
   * pages that only the owner of the key opens, or where users type their own. Default: false.
   */
  allowBrowserKey?: boolean | undefined;
  /** In place of the global `fetch`: it gets one `Request`, and must not send it twice. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /**
   * How long an edit may take, in milliseconds, from sending to the last byte of the answer; large uploads get their own
   * time on top (1 s for each 64 KiB). From 1; default 300000, after which the vendor gives up too. It is no short deadline:
   * for one, give `edit` the signal `AbortSignal.timeout(ms)`.
   */
  timeoutMs?: number | undefined;
  /** The wasm file, where it is not beside the module. Only the first client of a page decides. */
  wasm?: WasmSource | undefined;
  /** The folder that holds copies of this package's files, relative to the page; for pages without a bundler. */
  assetsUrl?: string | URL | undefined;
}

/** What {@link QwenEdit.toCode} writes: a command for shells, or a program. */
export type CodeLanguage = "curl" | "python" | "java" | "javascript" | "rust";

/** What an edit will cost. */
export interface Estimate {
  /** In CNY, for the whole edit; 0 in the region `demo`. */
  cny: number;
}

/** A client of one region of one relay. Works in pages and in workers. */
export class QwenEdit {
  private constructor();

  /**
   * Makes a client. The first one of a page loads the wasm file; the others share it.
   *
   * @throws {TypeError} When an option is of a wrong type, naming it.
   * @throws {QwenEditError} `browser-key`, `invalid-api-key`, or `wasm-load-failed` (then try again).
   *
   * @example
   * ```js
   * const client = await QwenEdit.create({ relay: "https://edit.example/relay", key: "qe_an_invite" });
   * ```
   */
  static create(options: CreateOptions): Promise<QwenEdit>;

  /**
   * Edits: sends one request, which costs money unless the region is `demo`, and never sends it again by itself.
   *
   * @throws {TypeError} When an option is of a wrong type or misspelt, naming it: `images[1]: expected a File, Blob or
   * link, got number`. Nothing was sent.
   * @throws {QwenEditError} For everything else; look at `charged` and `retry` before you offer to repeat it.
   * @throws The `reason` of `signal`, when it was aborted.
   *
   * @example
   * ```js
   * const abort = new AbortController();
   * const result = await client.edit({
   *   images: [file, "https://example.com/hat.png"],
   *   prompt: "Put the hat of image 2 on the head in image 1",
   *   n: 2,
   *   signal: abort.signal,
   *   onProgress: ({ phase }) => show(phase),
   * });
   * ```
   */
  edit(request: EditRequest): Promise<EditResult>;

  /**
   * Waits for the result of a job and picks it up, as often as wanted, also on another page with the same key. Costs
   * nothing.
   *
   * @throws {QwenEditError} As {@link edit}; `relay:not_found` when the relay has no such job, `relay:outcome_unknown`
   * when its answer was lost.
   *
   * @example
   * ```js
   * const jobId = localStorage.getItem("job");
   * if (jobId) show(await client.resume(jobId));
   * ```
   */
  resume(jobId: string, options?: ResumeOptions): Promise<EditResult>;

  /**
   * Everything that is wrong with a request, or unwise about it, by field. Reads no file and sends nothing, so it may
   * be called at every key press.
   *
   * @throws {TypeError} When an option is of a wrong type or misspelt, naming it.
   *
   * @example
   * ```js
   * const { violations } = client.validate({ images: [file], prompt: "" });
   * for (const { field, message } of violations) show(`${field} ${message}`); // prompt is empty: say what to change
   * ```
   */
  validate(request: EditRequest): Validation;

  /**
   * What an edit will cost at most, by the vendor's price list; `undefined` where no price is known.
   *
   * @throws {TypeError} When an option is of a wrong type or misspelt, naming it.
   *
   * @example
   * ```js
   * const price = client.estimate({ images: [file], prompt, n: 2 });
   * show(price ? `at most ¥${price.cny}` : "price not known");
   * ```
   */
  estimate(request: EditRequest): Estimate | undefined;

  /**
   * The request as a program, for people who want to go on in code: with the vendor's SDK, this package, curl, or Rust. The
   * key comes from the environment, and files stand there by their names, as they are: what only {@link EditRequest.fit}
   * would make acceptable is refused. Loads a second wasm file the first time.
   *
   * @throws {TypeError} When an option is of a wrong type or misspelt, naming it.
   * @throws {QwenEditError} `invalid-request`, `picture-…`, or `wasm-load-failed`.
   * @example
   * ```js
   * const program = await client.toCode({ images: [file], prompt: "Make it a watercolour" }, "python");
   * ```
   */
  toCode(request: EditRequest, language: CodeLanguage): Promise<string>;

  /**
   * Every known model, in the order to show them.
   *
   * @example
   * ```js
   * for (const { id, name, n } of client.models()) show(id, name.en, `up to ${n.max} pictures`);
   * ```
   */
  models(): ModelInfo[];
}

/**
 * Why there is no result. A real `Error`: log it, rethrow it, show its `code`. Not to be constructed; `instanceof` works
 * across copies of the package.
 *
 * @example
 * ```js
 * try {
 *   await client.edit({ images: [file], prompt });
 * } catch (error) {
 *   if (!(error instanceof QwenEditError)) throw error;
 *   show(error.charged === "no" ? "Nothing was charged." : "This may have been charged: do not press again at once.");
 * }
 * ```
 */
export class QwenEditError extends Error {
  private constructor();
  readonly name: "QwenEditError";
  /** Stable name: one of ours, the relay's as `relay:<code>`, or the vendor's own word for word. */
  readonly code: ErrorCode;
  /** The HTTP status, when an answer came. */
  readonly status?: number;
  /** What to quote to support, when an answer named it. */
  readonly requestId?: string;
  /**
   * Whether the very same request may be sent again: `safe`, it was surely not carried out, so sending it again costs
   * nothing twice (with {@link violations} it is refused again until they are mended); `ask`, a person should decide, since it
   * may cost twice; `never`, no use until something is changed.
   */
  readonly retry: "safe" | "ask" | "never";
  /** Whether this call was paid for. `unknown`: nobody on this side can know. */
  readonly charged: "no" | "yes" | "unknown";
  /** What is wrong with the request, by field; empty for other errors. */
  readonly violations: Violation[];
  /** What was thrown below, where something was: by `fetch`, by the picture codec, by the loading of a file. */
  readonly cause?: unknown;
}

/** Codes of this package. The vendor's and the relay's codes come on top. */
export type ErrorCode =
  | "wasm-load-failed"
  | "browser-key"
  | "invalid-api-key"
  | "invalid-job-id"
  | "invalid-request"
  | PictureCode
  | "network-lost"
  | "timeout"
  | "cancelled"
  | "relay-unreachable"
  | "relay-not-found"
  | "unreadable-answer"
  | "outcome-unknown"
  | "answer-lost"
  | "no-pictures"
  | "server-timeout"
  | "request-refused"
  | (string & {});
