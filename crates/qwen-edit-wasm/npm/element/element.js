// The element: attributes, properties, events and its part in a form. What is on screen is view.js, one edit is run.js.
import { describe } from "./failure.js";
import { fetched } from "./fetched.js";
import { Pictures } from "./pictures.js";
import { Run } from "./run.js";
import { textsFor } from "./texts.js";
import { View } from "./view.js";

/** Reflected texts. `key` is none of them: attributes are read by every script and saved with the page. */
const TEXTS = ["relay", "region", "model", "size", "name", "lang"];
const FLAGS = ["disabled", "required", "jobs"];
/** Attributes that decide which client is right. */
const OF_CLIENT = ["relay", "region"];

/** On a server there is nothing to extend, and nothing is defined. */
export const QwenEditElement = globalThis.HTMLElement && makeClass();

function makeClass() {
  class QwenEditElement extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = [...TEXTS, ...FLAGS, "prompt", "n"];

    #internals = this.attachInternals();
    #pictures = new Pictures(() => this.#onPictures());
    #run = new Run();
    #view;
    #key;
    #value;
    #chosen = 0;
    #result;
    #failure;
    /** By a fieldset around it. */
    #formDisabled = false;

    constructor() {
      super();
      this.attachShadow({ mode: "open", delegatesFocus: true });
      this.#view = new View(this.shadowRoot, {
        add: (files) => this.#add(files),
        run: () => this.run(),
        cancel: () => this.cancel(),
        choose: (index) => this.#choose(index),
        pictures: this.#pictures,
      });
    }

    connectedCallback() {
      // A property set before the element was defined hides the accessor that should have had it.
      for (const name of ["images", "key", "client"]) {
        if (Object.hasOwn(this, name)) {
          const value = this[name];
          delete this[name];
          this[name] = value;
        }
      }
      this.#show();
    }

    disconnectedCallback() {
      // The run goes on: it may be paid for, and the element may only be moving.
      this.#view.forgetPreviews();
    }

    attributeChangedCallback(name, before, now) {
      if (before === now) return;
      if (OF_CLIENT.includes(name)) this.#run.forgetClient();
      if (name === "prompt") this.#view.prompt = now ?? "";
      this.#show();
    }

    formDisabledCallback(disabled) {
      this.#formDisabled = disabled;
      this.#show();
    }

    formResetCallback() {
      this.cancel();
      this.#pictures.replace([]);
      this.#view.prompt = this.getAttribute("prompt") ?? "";
      this.#result = this.#failure = undefined;
      this.#setValue(undefined);
    }

    get form() {
      return this.#internals.form;
    }

    get validity() {
      return this.#internals.validity;
    }

    checkValidity() {
      return this.#internals.checkValidity();
    }

    reportValidity() {
      return this.#internals.reportValidity();
    }

    get prompt() {
      return this.#view.prompt;
    }

    set prompt(text) {
      this.#view.prompt = text ?? "";
      this.#show();
    }

    get n() {
      const n = Number.parseInt(this.getAttribute("n") ?? "", 10);
      return Number.isNaN(n) ? undefined : n;
    }

    set n(count) {
      if (count === undefined || count === null) this.removeAttribute("n");
      else this.setAttribute("n", String(count));
    }

    get images() {
      return this.#pictures.all();
    }

    set images(images) {
      this.#pictures.replace([...(images ?? [])]);
    }

    get key() {
      return this.#key;
    }

    set key(key) {
      this.#key = key ?? undefined;
      this.#run.forgetClient();
    }

    get client() {
      return this.#run.client;
    }

    set client(client) {
      this.#run.client = client ?? undefined;
      this.#show();
    }

    /** The chosen picture: a File, or its link where the relay cannot fetch it. */
    get value() {
      return this.#value;
    }

    get result() {
      return this.#result;
    }

    get running() {
      return this.#run.isRunning;
    }

    /** What the button does. Does nothing while an edit runs: one press, one edit. */
    async run() {
      if (this.#run.isRunning || this.#isDisabled) return;
      const request = this.#request();
      const submit = new CustomEvent("qwen-edit-submit", {
        bubbles: true, composed: true, cancelable: true, detail: { request },
      });
      if (!this.dispatchEvent(submit)) return;
      this.#failure = undefined;
      const edit = this.#run.start(this.#clientOptions(), request, (progress) => this.#onProgress(progress));
      this.#show();
      try {
        this.#result = await edit;
        this.#show();
        this.#emit("qwen-edit-result", { result: this.#result });
        await this.#choose(0);
      } catch (error) {
        this.#failure = describe(error, this.#texts, this.#run.wasSent);
        this.#emit("qwen-edit-error", { error });
      }
      this.#show();
    }

    /** Gives up waiting. What was sent may be charged all the same. */
    cancel() {
      this.#run.cancel();
    }

    #request() {
      const request = { images: this.#pictures.all(), prompt: this.#view.prompt };
      for (const name of ["model", "size", "n"]) {
        // An empty attribute says nothing; a wrong number must be refused and not be another number.
        if (this[name] !== undefined && this[name] !== "") request[name] = this[name];
      }
      if (this.jobs) request.jobId = crypto.randomUUID();
      return request;
    }

    #clientOptions() {
      const options = { relay: this.relay ?? "/relay" };
      if (this.region) options.region = this.region;
      if (this.#key) options.key = this.#key;
      return options;
    }

    /** What was said of other pictures is over; what may have been charged is not. */
    #onPictures() {
      if (this.#failure?.details.length) this.#failure = undefined;
      this.#show();
    }

    #onProgress(progress) {
      this.#emit("qwen-edit-progress", progress);
      this.#show();
    }

    #add(files) {
      if (!this.#isDisabled && !this.running) this.#pictures.add(files);
    }

    /** Makes a picture of the result the value of the form. */
    async #choose(index) {
      const image = this.#result?.images[index];
      if (!image) return;
      this.#chosen = index;
      this.#setValue(image.url);
      try {
        const blob = await fetched(image);
        // Another one may have been chosen meanwhile.
        if (this.#result?.images[this.#chosen] === image) {
          this.#setValue(new File([blob], `qwen-edit-${index + 1}.png`, { type: blob.type }));
        }
      } catch {
        // A plain proxy has no way to fetch pictures; the link is a value too.
      }
    }

    #setValue(value) {
      this.#value = value;
      this.#internals.setFormValue(value ?? null);
      this.#show();
    }

    #show() {
      const texts = this.#texts;
      this.#view.show({
        texts,
        lang: texts.lang,
        disabled: this.#isDisabled,
        running: this.running,
        progress: this.#run.progress,
        failure: this.#failure,
        result: this.#result,
        chosen: this.#chosen,
      });
      this.#showValidity(texts);
    }

    #showValidity(texts) {
      const anchor = this.#view.anchor;
      if (this.running) this.#internals.setValidity({ customError: true }, texts.stillRunning, anchor);
      else if (this.required && !this.#value) this.#internals.setValidity({ valueMissing: true }, texts.noResult, anchor);
      else this.#internals.setValidity({});
    }

    get #texts() {
      const lang = this.closest("[lang]")?.getAttribute("lang") || navigator.language;
      return textsFor(lang);
    }

    get #isDisabled() {
      return this.disabled || this.#formDisabled;
    }

    #emit(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
    }
  }

  for (const name of TEXTS.filter((name) => name !== "lang")) {
    reflect(QwenEditElement, name, {
      get() {
        return this.getAttribute(name) ?? undefined;
      },
      set(value) {
        if (value === undefined || value === null) this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
    });
  }
  for (const name of FLAGS) {
    reflect(QwenEditElement, name, {
      get() {
        return this.hasAttribute(name);
      },
      set(value) {
        this.toggleAttribute(name, Boolean(value));
      },
    });
  }
  return QwenEditElement;
}

function reflect(target, name, accessor) {
  Object.defineProperty(target.prototype, name, { configurable: true, enumerable: true, ...accessor });
}
