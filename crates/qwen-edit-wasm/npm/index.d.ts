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

export type { ModelInfo, SizeRule, Span, Words } from "./models.js";

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
  region?: string;
  /**
   * The token of an invite, when the relay holds the vendor's key; or the vendor's key itself, which begins with `sk-`
   * and is refused unless {@link allowBrowserKey} is true. The region `demo`, and a relay that asks for nothing, need
   * none.
   */
  key?: string;
  /**
   * Allows a key of the vendor's in `key`. Everybody who opens the page can read it and spend with it, so this is for
   * pages that only the owner of the key opens, or where users type their own. Default: false.
   */
  allowBrowserKey?: boolean;
  /** In place of the global `fetch`: it gets one `Request`, and must not send it twice. */
  fetch?: (request: Request) => Promise<Response>;
  /**
   * How long an edit may take, in milliseconds, from sending to the last byte of the answer; large uploads get their own
   * time on top (1 s for each 64 KiB). From 1; default 300000, after which the vendor gives up too.
   */
  timeoutMs?: number;
  /** The wasm file, where it is not beside the module. Only the first client of a page decides. */
  wasm?: WasmSource;
  /** The folder that holds copies of this package's files, relative to the page; for pages without a bundler. */
  assetsUrl?: string | URL;
}

/**
 * The request of an edit. What is left out is not sent, and the vendor's defaults hold.
 *
 * @example
 * ```js
 * await client.edit({ images: [file], prompt, model: "qwen-image-edit-plus", size: "1024*1536", seed: 7, watermark: false });
 * ```
 */
export interface EditRequest {
  /**
   * 1 to 3 pictures (the model says how many), in the order that the prompt means by "image 1", "image 2". Files are
   * judged by their bytes, not by their name: PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, HEIC or SVG, up to 60 MiB and 100
   * megapixels, at least 384 px on each side (the model says how many). Only what the API would refuse, or work badly
   * with, is changed; see {@link fit}. A string is an `https:` or `http:` link that the vendor's servers can fetch; nothing is
   * done to it.
   */
  images: Iterable<File | Blob | string>;
  /** What to change, in Chinese or English. The end of a very long one is cut by the vendor; `validate` warns. */
  prompt: string;
  /** A model id, see {@link QwenEdit.models}; any other id is sent as it is. Default: `"qwen-image-2.0-pro"`. */
  model?: string;
  /** How many pictures to make: 1 to 6, for some models only 1. Each is charged. */
  n?: number;
  /** Width and height in pixels: `"1024*1536"`. The limits are the model's. */
  size?: string;
  /** 0 to 2147483647. The same seed makes similar pictures. */
  seed?: number;
  /** What should not be in the picture; at most 500 characters. */
  negativePrompt?: string;
  /** Whether the vendor may rewrite the prompt for a richer picture. */
  promptExtend?: boolean;
  /** Whether the vendor marks the picture. */
  watermark?: boolean;
  /**
   * Whether pictures may be changed where they do not fit: turned upright, scaled to the sides that the model works with,
   * encoded anew, without their place and other metadata. {@link EditResult.receipts} says what was done. With `false`,
   * files go byte for byte, and those the API would refuse (over 10 MiB, or of another format) are refused here.
   * Default: true.
   */
  fit?: boolean | FitOptions;
  /**
   * Gives up: the call rejects with the reason of this signal, and nothing is sent when it was aborted before. After
   * sending, the vendor may finish and charge the edit all the same; with a {@link jobId}, `resume` gets the result.
   */
  signal?: AbortSignal;
  /** Called as the edit goes on. What it throws is reported to the page and changes nothing. */
  onProgress?: (progress: Progress) => void;
  /**
   * Makes the edit a job: 16 to 128 of `A-Z a-z 0-9 _ -`, for example `crypto.randomUUID()`. The same id with the same
   * request is the same edit and never charged twice; its result can be had with {@link QwenEdit.resume} for two days.
   * Needs a relay with jobs; a plain proxy ignores the id.
   */
  jobId?: string;
}

/**
 * How pictures are made to fit.
 *
 * @example
 * ```js
 * await client.edit({ images: [file], prompt, fit: { maxBodyBytes: 4_000_000 } });
 * ```
 */
export interface FitOptions {
  /**
   * The largest request body to make, in bytes. Default: what the relay states, else 6,000,000, because a gateway with such
   * a limit was seen.
   */
  maxBodyBytes?: number;
}

/** How far an edit has come. From `sent` on it may cost something. */
export type Progress =
  /** A picture is being made to fit; counted from 0. */
  | { phase: "fit"; picture: number }
  /** Files are being encoded. */
  | { phase: "encode"; doneBytes: number; totalBytes: number }
  /** The browser has the request. */
  | { phase: "sent"; bodyBytes: number }
  /** The relay has the job and will keep the answer. */
  | { phase: "accepted" };

/** The result of an edit. Plain data, except for the method `blob` of each image. */
export interface EditResult {
  /** At least one. May be fewer than {@link requested}; only these are charged. */
  images: ResultImage[];
  /** What the vendor counted. */
  usage?: Usage;
  /** What to quote to the vendor's support. */
  requestId?: string;
  /** The model that was asked. */
  model: string;
  /** How many pictures were asked for. */
  requested: number;
  /** What was done to each picture that went in; `undefined` for links and with `fit: false`. */
  receipts?: (FitReceipt | undefined)[];
}

/**
 * What was done to a picture to make it fit.
 *
 * @example
 * ```js
 * for (const receipt of result.receipts ?? []) {
 *   if (receipt && !receipt.unchanged) console.log(`${receipt.before.format} became ${receipt.after.format}`, receipt.reasons);
 * }
 * ```
 */
export interface FitReceipt {
  /** Whether the file was sent as it was, byte for byte. */
  unchanged: boolean;
  /** The file that was given. */
  before: PictureFacts;
  /** The file that was sent. */
  after: PictureFacts;
  /** Why they differ; empty when they do not. */
  reasons: FitReason[];
  /** The encoder's quality in percent, where it lost anything. */
  quality?: number;
}

/**
 * Why a picture was changed: the API does not take the format; the file, or with the others the request, is over its limit;
 * a side is longer than the model works with; it is stored lying on its side; it tells where it was taken.
 */
export type FitReason = "format" | "file-too-large" | "body-too-large" | "side-too-long" | "sideways" | "location";

/** A picture file. */
export interface PictureFacts {
  /** `"JPEG"`, `"PNG"`, `"WebP"`, `"GIF"`, `"BMP"`, `"TIFF"`, `"AVIF"`, `"HEIC"` or `"SVG"`. */
  format: string;
  /** Length of the file. */
  bytes: number;
  /** As it is seen, in pixels. */
  width: number;
  /** As it is seen, in pixels. */
  height: number;
}

/** A picture that was made. */
export interface ResultImage {
  /** A signed link: whoever has it has the picture. Works in `<img>`; not readable by `fetch`, use {@link blob}. */
  url: string;
  /** When the link dies, 24 hours after the edit; `undefined` when the link does not say. */
  expiresAt?: Date;
  /**
   * The bytes, through the relay. Costs nothing, however often.
   *
   * @throws {QwenEditError} With code `relay:link_expired`, or `relay-not-found` where a plain proxy stands in for the
   * relay; then show the picture by its {@link url}.
   *
   * @example
   * ```js
   * const picture = await result.images[0].blob();
   * show(URL.createObjectURL(picture));
   * ```
   */
  blob(options?: { signal?: AbortSignal }): Promise<Blob>;
}

/** What the vendor counted; parts that its answer did not have are left out. */
export interface Usage {
  /** Real width of the pictures, in pixels. */
  width?: number;
  /** Real height of the pictures, in pixels. */
  height?: number;
  /** How many pictures were made. */
  imageCount?: number;
  /** How many pictures went in. */
  inputImageCount?: number;
  /** Price tier of the pictures that went in, in the vendor's words. */
  inputImageType?: string;
  /** Price tier of the pictures that were made, in the vendor's words. */
  outputImageType?: string;
}

/** Options of {@link QwenEdit.resume}. */
export interface ResumeOptions {
  /** The model of the request, for the result to name it. */
  model?: string;
  /** The `n` of the request, for the result to name it. Default: 1. */
  n?: number;
  /** Gives up waiting: the call rejects with the reason of this signal. The job goes on. */
  signal?: AbortSignal;
  /** Called with the phase `accepted` when the relay says that the job is running. */
  onProgress?: (progress: Progress) => void;
}

/** One thing that is wrong with a request, or unwise about it. */
export interface Violation {
  /** The option, for example `"prompt"` or `"images[1]"`. */
  field: string;
  /** Stable: see {@link ViolationCode} and {@link WarningCode}. */
  code: ViolationCode | WarningCode | PictureCode | (string & {});
  /** What is wrong and how to mend it, in English, for developers. */
  message: string;
  /** The smallest allowed value: a number, pictures, pixels or pixels of a side. */
  min?: number;
  /** The largest allowed value: a number, pictures, bytes, characters, pixels, pixels of a side, or a ratio. */
  max?: number;
  /** What was given, in the same unit. */
  got?: number;
}

/** What keeps a request from being sent. */
export type ViolationCode =
  | "too-few-pictures"
  | "too-many-pictures"
  | "picture-too-large"
  | "picture-url-invalid"
  | "empty-prompt"
  | "out-of-range"
  | "size-format"
  | "size-area"
  | "size-side"
  | "size-ratio"
  | "too-long"
  | "not-supported"
  | "empty-model";

/** What is wrong with a picture, once its header was read. */
export type PictureCode =
  | "picture-not-a-picture"
  | "picture-unsupported-format"
  | "picture-too-large"
  | "picture-too-small"
  | "picture-too-many-pixels"
  | "picture-cannot-convert"
  | "picture-empty"
  | "picture-damaged"
  | "picture-unreadable"
  | "picture-url-invalid";

/** What may go wrong or cost quality, but does not stop a request. */
export type WarningCode =
  | "prompt-long"
  | "picture-small"
  | "picture-large"
  | "unknown-model"
  | "experimental-model"
  | "legacy-model"
  | "body-large"
  | "mentions-missing-picture";

/** What {@link QwenEdit.validate} finds. */
export interface Validation {
  /** What keeps the request from being sent; empty when it may be. */
  violations: Violation[];
  /** What does not stop it. */
  warnings: Violation[];
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
   *   onProgress: ({ phase }) => console.log(phase),
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
   * for (const { field, message } of violations) console.log(`${field} ${message}`); // prompt is empty: say what to change
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
   * for (const { id, name, n } of client.models()) console.log(id, name.en, `up to ${n.max} pictures`);
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
   * Whether the very same request may be sent again: `safe`, it was surely not carried out; `ask`, a person should
   * decide, since it may cost twice; `never`, no use until something is changed.
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
  | (string & {});
