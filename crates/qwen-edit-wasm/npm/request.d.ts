/**
 * What an edit is asked for, and what is told while it goes on.
 * @module
 */

import type { EditResult, QwenEdit } from "./index.js";

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
  model?: string | undefined;
  /** How many pictures to make: 1 to 6, for some models only 1. Each is charged. */
  n?: number | undefined;
  /** Width and height in pixels: `"1024*1536"`. The limits are the model's. */
  size?: string | undefined;
  /** 0 to 2147483647. The same seed makes similar pictures. */
  seed?: number | undefined;
  /** What should not be in the picture; at most 500 characters. */
  negativePrompt?: string | undefined;
  /** Whether the vendor may rewrite the prompt for a richer picture. */
  promptExtend?: boolean | undefined;
  /** Whether the vendor marks the picture. */
  watermark?: boolean | undefined;
  /**
   * Whether pictures may be changed where they do not fit: turned upright, scaled to the sides that the model works with,
   * encoded anew, without their place and other metadata. {@link EditResult.receipts} says what was done. With `false`,
   * files go byte for byte, and those the API would refuse (over 10 MiB, or of another format) are refused here.
   * Default: true.
   */
  fit?: boolean | FitOptions | undefined;
  /**
   * Gives up: the call rejects with the reason of this signal, and nothing is sent when it was aborted before. After
   * sending, the vendor may finish and charge the edit all the same; with a {@link jobId}, `resume` gets the result.
   */
  signal?: AbortSignal | undefined;
  /** Called as the edit goes on. What it throws is reported to the page and changes nothing. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Makes the edit a job: 16 to 128 of `A-Z a-z 0-9 _ -`, for example `crypto.randomUUID()`. The same id with the same
   * request is the same edit and never charged twice; its result can be had with {@link QwenEdit.resume} for two days.
   * Needs a relay with jobs; a plain proxy ignores the id. Keep it until you have the result: after an abort, or an error
   * with `charged: "unknown"`, `resume` gets the result if there is one. While the job runs, a second call with its id
   * rejects with `relay:idempotency_running`.
   */
  jobId?: string | undefined;
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
  maxBodyBytes?: number | undefined;
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
  | { phase: "accepted" }
  /** The connection to a job is lost; the relay is asked again and again what became of it. */
  | { phase: "reconnecting" };

/** Options of {@link QwenEdit.resume}. */
export interface ResumeOptions {
  /** The model of the request, for the result to name it. */
  model?: string | undefined;
  /** The `n` of the request, for the result to name it, which does not know it by itself. Default: 1. */
  n?: number | undefined;
  /** Gives up waiting: the call rejects with the reason of this signal. The job goes on. */
  signal?: AbortSignal | undefined;
  /** Called with the phase `accepted` when the relay says that the job is running. */
  onProgress?: ((progress: Progress) => void) | undefined;
}
