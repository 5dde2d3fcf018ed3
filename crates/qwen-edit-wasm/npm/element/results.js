// The pictures that came out: choose one, download it, copy its link.
import { h } from "./dom.js";

export class Results {
  #parts;
  #choose;
  #say;
  #shown;
  #lang;

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
      resultList.replaceChildren(...(result?.images ?? []).map((image, index) => this.#item(image, index, texts)));
    }
    for (const [index, item] of [...resultList.children].entries()) {
      item.firstElementChild?.setAttribute("aria-pressed", String(index === chosen));
    }
  }

  #item(image, index, texts) {
    const name = texts.result(index + 1);
    const picture = h("button", { type: "button", class: "image", part: "image", "aria-label": name }, h("img", { src: image.url, alt: name }));
    picture.addEventListener("click", () => this.#choose(index));
    const download = h("button", { type: "button", part: "download" }, texts.download);
    download.addEventListener("click", () => this.#download(image, index, texts));
    const copy = h("button", { type: "button", part: "copy" }, texts.copy);
    copy.addEventListener("click", () => this.#copy(image, texts));
    return h("li", { class: "result", part: "result" }, picture, h("div", { class: "tools" }, download, copy));
  }

  async #download(image, index, texts) {
    try {
      const address = URL.createObjectURL(await image.blob());
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
