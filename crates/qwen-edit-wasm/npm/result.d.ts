/**
 * What comes of an edit.
 * @module
 */

import type { EditRequest, QwenEditError } from "./index.js";

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
 *   if (receipt && !receipt.unchanged) show(`${receipt.before.format} became ${receipt.after.format}`, receipt.reasons);
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
