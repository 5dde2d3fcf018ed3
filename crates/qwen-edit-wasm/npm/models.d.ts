/**
 * What is known of the models, as `QwenEdit.models` gives it.
 * @module
 */

/** A range of whole numbers, both ends included. */
export interface Span {
  min: number;
  max: number;
}

/** A text in both languages of the product. */
export interface Words {
  /** Chinese, simplified. */
  zh: string;
  en: string;
}

/** A model, and what it takes. */
export interface ModelInfo {
  /** The name for requests. */
  id: string;
  /** Short name for people. */
  name: Words;
  /** One line on what it is best at. */
  summary: Words;
  /** The snapshot this name stands for today. The vendor moves such names. */
  aliasOf?: string;
  /** `legacy`: among the vendor's old models. `experimental`: its rules are less sure. */
  status: "current" | "legacy" | "experimental";
  /** ISO date. */
  released: string;
  /** How many pictures go in. */
  images: Span;
  /** How many pictures may be asked for. */
  n: Span;
  /** The parameters it takes. */
  parameters: ("n" | "size" | "seed" | "negativePrompt" | "promptExtend" | "watermark")[];
  /** The sizes it makes; `undefined` when it chooses itself. */
  size?: SizeRule;
  /** Most characters of a negative prompt, where a limit is known. */
  negativePromptLimit?: number;
  /** How much of a prompt it reads, in tokens of the vendor's. */
  promptTokens: number;
  /** The regions that offer it. */
  regions: string[];
}

/** Limits of a size: on width times height, or on each side. */
export type SizeRule =
  | {
      minPixels: number;
      maxPixels: number;
      /** The longer side may be this many times the shorter one. */
      maxRatio?: number;
    }
  | { minSide: number; maxSide: number };
