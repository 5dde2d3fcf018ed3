// What is on screen. Builds it once, then only changes what differs, so that nobody loses the focus or the cursor.
import { listen } from "./input.js";
import { h } from "./dom.js";
import { Results } from "./results.js";
import { CSS } from "./styles.js";
import { Thumbs } from "./thumbs.js";

let sheet;

/** Shared by all elements of the page. */
function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}

export class View {
  #root;
  #parts;
  #thumbs;
  #results;
  #status = "";

  constructor(root, actions) {
    this.#root = root;
    root.adoptedStyleSheets = [styles()];
    this.#parts = build(actions);
    const { pictures, prompt, actions: buttons, says, results } = this.#parts;
    root.append(pictures, prompt, buttons, says, results);
    this.#thumbs = new Thumbs(this.#parts, actions.pictures);
    this.#results = new Results(this.#parts, { choose: actions.choose, say: (text) => this.#say(text) });
    listen(root.host, this.#parts, actions.add);
  }

  get prompt() {
    return this.#parts.textarea.value;
  }

  set prompt(text) {
    if (this.#parts.textarea.value !== text) this.#parts.textarea.value = text;
  }

  /** Where a message about the whole element points. */
  get anchor() {
    return this.#parts.run;
  }

  forgetPreviews() {
    this.#thumbs.forgetPreviews();
  }

  show(state) {
    const { texts } = state;
    const busy = state.disabled || state.running;
    const { picturesTitle, label, textarea, add, addText, run, cancel, bar } = this.#parts;
    picturesTitle.textContent = texts.pictures;
    label.textContent = texts.prompt;
    textarea.placeholder = texts.promptHint;
    textarea.readOnly = busy;
    add.disabled = busy;
    add.setAttribute("aria-label", texts.addLabel);
    addText.textContent = matchMedia("(hover: none)").matches ? texts.choose : texts.add;
    run.textContent = texts.run;
    cancel.textContent = texts.cancel;
    run.disabled = state.disabled;
    // It keeps its place and the focus: whoever presses twice must not hit Cancel instead.
    run.setAttribute("aria-disabled", String(busy));
    this.#offerCancel(state.running);
    bar.hidden = !state.running;
    this.#thumbs.show(texts, busy);
    this.#results.show(state);
    this.#showFailure(state);
    this.#say(status(state));
  }

  /** A hidden button would drop the focus to the page. */
  #offerCancel(offered) {
    const { cancel, run } = this.#parts;
    const hadFocus = this.#root.activeElement === cancel;
    cancel.hidden = !offered;
    if (hadFocus && !offered) run.focus();
  }

  #showFailure({ failure, running }) {
    const { error } = this.#parts;
    const shown = failure && !running ? failure : undefined;
    if (error.failure === shown) return;
    error.failure = shown;
    error.hidden = !shown;
    const lines = shown ? [shown.title, ...shown.details, shown.charged] : [];
    error.replaceChildren(...lines.map((line, index) => h("p", { class: index ? "" : "title" }, line)));
    if (shown?.code) error.append(h("p", { class: "code" }, shown.code));
  }

  /** Only what changed is read aloud. */
  #say(text) {
    if (text === this.#status) return;
    this.#status = text;
    this.#parts.status.textContent = text;
  }
}

function status({ texts, running, progress, result, failure }) {
  if (running) return texts.phases[progress?.phase] ?? texts.loading;
  return result && !failure ? texts.done(result.images.length, result.requested) : "";
}

function build({ run: onRun, cancel: onCancel }) {
  const picturesTitle = h("h2", { id: "pictures-title" });
  const addText = h("small");
  const add = h("button", { type: "button", class: "add", part: "add" }, h("span", { "aria-hidden": "true" }, "+"), addText);
  const file = h("input", { type: "file", accept: "image/*,.heic,.heif", multiple: true, hidden: true, tabindex: "-1" });
  const list = h("ul", { "aria-labelledby": "pictures-title" }, h("li", {}, add));
  const label = h("label", { for: "prompt" });
  const textarea = h("textarea", { id: "prompt", part: "prompt", rows: "3" });
  const run = h("button", { type: "button", class: "run", part: "run" });
  const cancel = h("button", { type: "button", class: "cancel", part: "cancel", hidden: true });
  run.addEventListener("click", onRun);
  cancel.addEventListener("click", onCancel);
  const status = h("div", { class: "status", role: "status", part: "status" });
  const bar = h("div", { class: "bar", part: "bar", hidden: true });
  const error = h("div", { class: "error", role: "alert", part: "error", hidden: true });
  const resultsTitle = h("h2");
  const resultList = h("ul");
  return {
    picturesTitle, addText, add, file, list, label, textarea, run, cancel, status, bar, error, resultsTitle, resultList,
    pictures: h("section", { part: "pictures" }, picturesTitle, list, file),
    prompt: h("section", {}, label, textarea),
    actions: h("div", { class: "actions" }, run),
    says: h("div", { class: "says" }, h("div", { class: "waiting" }, status, cancel), bar, error),
    results: h("section", { class: "results", part: "results", hidden: true }, resultsTitle, resultList),
  };
}
