/**
 * What is wrong with a request, or unwise about it.
 * @module
 */

import type { QwenEdit } from "./index.js";

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
