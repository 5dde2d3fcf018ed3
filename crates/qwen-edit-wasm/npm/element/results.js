// The pictures that came out: choose one, download it, copy its link.
import { h } from "./dom.js";
import { fetched } from "./fetched.js";

export class Results {
  #parts;
  #choose;
  #say;
  #shown;
  #lang;
  /** Addresses of the pictures that are shown. */
  #addresses = [];

  constructor(parts, { choose, say }) {
    this.#parts = parts;
    this.#choose = choose;
    this.#say = say;
  }

  show({ result, chosen, texts }) {
    const { results, resultsTitle, resultList } = this.#parts;
    results.hidden = !result;
    resultsTitle.textContent = texts.results;
    if (result !== this.#shown || texts.lang !== this.#lang) {
      this.#shown = result;
      this.#lang = texts.lang;
      this.#forget();
      resultList.replaceChildren(...(result?.images ?? []).map((image, index) => this.#item(image, index, texts)));
    }
    for (const [index, item] of [...resultList.children].entries()) {
      item.firstElementChild?.setAttribute("aria-pressed", String(index === chosen));
    }
  }

  #item(image, index, texts) {
    const name = texts.result(index + 1);
    const shown = h("img", { alt: name });
    void this.#load(shown, image);
    const picture = h("button", { type: "button", class: "image", part: "image", "aria-label": name }, shown);
    picture.addEventListener("click", () => this.#choose(index));
    const download = h("button", { type: "button", part: "download" }, texts.download);
    download.addEventListener("click", () => this.#download(image, index, texts));
    const copy = h("button", { type: "button", part: "copy" }, texts.copy);
    copy.addEventListener("click", () => this.#copy(image, texts));
    return h("li", { class: "result", part: "result" }, picture, h("div", { class: "tools" }, download, copy));
  }

  /**
   * Through the relay, since a page's policy may forbid pictures from elsewhere, and links die after a day. A plain proxy
   * has no way to fetch them; then the link must do.
   */
  async #load(shown, image) {
    const addresses = this.#addresses;
    const blob = await fetched(image).catch(() => undefined);
    // Other pictures may have taken its place meanwhile.
    if (addresses !== this.#addresses) return;
    shown.src = blob ? URL.createObjectURL(blob) : image.url;
    if (blob) addresses.push(shown.src);
  }

  #forget() {
    for (const address of this.#addresses) URL.revokeObjectURL(address);
    this.#addresses = [];
  }

  async #download(image, index, texts) {
    try {
      const address = URL.createObjectURL(await fetched(image));
      h("a", { href: address, download: `qwen-edit-${index + 1}.png` }).click();
      // The download has its own hold on the bytes once it has begun.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch {
      this.#say(texts.notDownloaded);
      window.open(image.url, "_blank", "noopener");
    }
  }

  async #copy(image, texts) {
    try {
      await navigator.clipboard.writeText(image.url);
      this.#say(texts.copied);
    } catch {
      window.open(image.url, "_blank", "noopener");
    }
  }
}
