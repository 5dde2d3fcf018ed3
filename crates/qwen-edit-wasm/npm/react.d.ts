/**
 * Entry `qwen-edit/react`: `<QwenEditor>`, the element `<qwen-edit>` as a component of React 18 or 19.
 *
 * @example
 * ```jsx
 * import { QwenEditor } from "qwen-edit/react";
 *
 * <QwenEditor relay="/relay" region="demo" onResult={(event) => setUrl(event.detail.result.images[0].url)} />
 * ```
 * @module
 */
import type { CSSProperties, ForwardRefExoticComponent, RefAttributes } from "react";
import type { QwenEditElement, ErrorDetail, ResultDetail, SubmitDetail } from "./element.js";
import type { Progress, QwenEdit } from "./index.js";

/** Props of {@link QwenEditor}: attributes and properties of the element, and its events. */
export interface QwenEditorProps {
  relay?: string;
  region?: string;
  model?: string;
  size?: string;
  n?: number;
  name?: string;
  lang?: "zh" | "en" | (string & {});
  disabled?: boolean;
  required?: boolean;
  jobs?: boolean;
  prompt?: string;
  images?: (File | Blob | string)[];
  /** The property `key` of the element: the token of an invite. `key` is React's own word. */
  token?: string;
  client?: QwenEdit;
  id?: string;
  className?: string;
  style?: CSSProperties;
  onSubmit?: (event: CustomEvent<SubmitDetail>) => void;
  onProgress?: (event: CustomEvent<Progress>) => void;
  onResult?: (event: CustomEvent<ResultDetail>) => void;
  onError?: (event: CustomEvent<ErrorDetail>) => void;
}

/** The element as a component. Its ref is the element. */
export const QwenEditor: ForwardRefExoticComponent<QwenEditorProps & RefAttributes<QwenEditElement>>;
