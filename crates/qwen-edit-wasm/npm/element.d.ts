/**
 * Entry `qwen-edit/element`: the custom element `<qwen-edit>`, a whole editor in one tag. Importing it defines the
 * element; on a server it does nothing.
 *
 * @example
 * ```html
 * <script type="module">import "qwen-edit/element";</script>
 * <qwen-edit relay="/relay" region="demo" lang="en"></qwen-edit>
 * ```
 *
 * Styling: variables `--qwen-edit-paper`, `-card`, `-ink`, `-muted`, `-line`, `-accent`, `-on-accent`, `-radius` and
 * `-font`; parts `pictures`, `thumb`, `add`, `prompt`, `run`, `cancel`, `status`, `bar`, `error`, `results`, `result`,
 * `image`, `download` and `copy`. Light and dark follow the page's `color-scheme`; a page that
 * states none is light.
 * @module
 */
import type { EditRequest, EditResult, Progress, QwenEdit, QwenEditError } from "./index.js";

/** The detail of `qwen-edit-submit`. */
export interface SubmitDetail {
  /** What will be sent. `preventDefault()` keeps it from being sent. */
  request: EditRequest;
}

/** The detail of `qwen-edit-result`. */
export interface ResultDetail {
  result: EditResult;
}

/** The detail of `qwen-edit-error`. */
export interface ErrorDetail {
  /** A `QwenEditError`, a `TypeError` for a mistake in the page, or an `AbortError` after Cancel. */
  error: QwenEditError | TypeError | DOMException;
}

/** The events of the element. All bubble and cross shadow boundaries. */
export interface QwenEditElementEventMap extends HTMLElementEventMap {
  /** Before an edit begins; cancelable. */
  "qwen-edit-submit": CustomEvent<SubmitDetail>;
  "qwen-edit-progress": CustomEvent<Progress>;
  "qwen-edit-result": CustomEvent<ResultDetail>;
  "qwen-edit-error": CustomEvent<ErrorDetail>;
}

/** `<qwen-edit>`. Its value in a form is the chosen result: a File, or its link where the relay cannot fetch it. */
export class QwenEditElement extends HTMLElement {
  /** Attribute. Where the routes of a relay begin. Default: `"/relay"`. */
  relay: string | undefined;
  /** Attribute. A region of the relay. Default: `"beijing"`. */
  region: string | undefined;
  /** Attribute. A model id; default: that of `QwenEdit.edit`. */
  model: string | undefined;
  /** Attribute. Width and height of results, in pixels: `"1024*1536"`. */
  size: string | undefined;
  /** Attribute. How many pictures to make. */
  n: number | undefined;
  /** Attribute. The name in a form. */
  name: string | undefined;
  /** Attribute. Nothing can be changed or sent. */
  disabled: boolean;
  /** Attribute. A form is only valid with a result. */
  required: boolean;
  /**
   * Attribute. Every edit is a job with an id of its own, for relays with jobs: `detail.request.jobId` of
   * `qwen-edit-submit`. After a reload `QwenEdit.resume` gets its result; the element does not by itself.
   */
  jobs: boolean;
  /** What to change. The attribute `prompt` sets it. */
  prompt: string;
  /** The pictures that go in, in order. */
  images: (File | Blob | string)[];
  /** The token of an invite. A property only, so that it stands in no page. The vendor's keys are refused. */
  key: string | undefined;
  /** A client of the page's own, in place of `relay`, `region` and `key`. */
  client: QwenEdit | undefined;
  /** The chosen result: a File, or its link where the relay cannot fetch it. */
  readonly value: File | string | undefined;
  /** The last result. */
  readonly result: EditResult | undefined;
  /** Whether an edit is running. */
  readonly running: boolean;
  /** The form it belongs to. */
  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  checkValidity(): boolean;
  reportValidity(): boolean;

  /** Begins an edit, as the button does; while one runs it does nothing. Never rejects: the events tell the end. */
  run(): Promise<void>;
  /** Gives up waiting. What was sent may be charged all the same. */
  cancel(): void;

  addEventListener<K extends keyof QwenEditElementEventMap>(
    type: K,
    listener: (this: QwenEditElement, event: QwenEditElementEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  /** They bubble, so every element and the document hear them. */
  interface GlobalEventHandlersEventMap {
    "qwen-edit-submit": CustomEvent<SubmitDetail>;
    "qwen-edit-progress": CustomEvent<Progress>;
    "qwen-edit-result": CustomEvent<ResultDetail>;
    "qwen-edit-error": CustomEvent<ErrorDetail>;
  }
  interface HTMLElementTagNameMap {
    "qwen-edit": QwenEditElement;
  }
}
