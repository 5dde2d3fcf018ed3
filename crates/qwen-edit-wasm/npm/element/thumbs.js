// The pictures that go in, as they are seen: preview, number, order, removal.
import { h } from "./dom.js";

export class Thumbs {
  #parts;
  #pictures;
  /** Addresses of previews, by picture. */
  #previews = new Map();
  #shown = "";

  constructor(parts, pictures) {
    this.#parts = parts;
    this.#pictures = pictures;
  }

  show(texts, busy) {
    const images = this.#pictures.all();
    const key = (image, index) => `${index}:${this.#preview(image)}`;
    const wanted = [texts.lang, busy, ...images.map(key)].join("|");
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#forget((image) => !images.includes(image));
    const { list, add } = this.#parts;
    list.replaceChildren(...images.map((image, index) => this.#thumb(image, index, texts, busy)), add.parentElement);
  }

  forgetPreviews() {
    this.#forget(() => true);
    this.#shown = "";
  }

  #thumb(image, index, texts, busy) {
    const number = index + 1;
    const tool = (name, sign, act) => {
      const button = h("button", { type: "button", "aria-label": name, title: name, disabled: busy }, sign);
      button.addEventListener("click", act);
      return button;
    };
    const tools = [tool(texts.remove(number), "×", () => this.#remove(index))];
    if (index > 0) tools.unshift(tool(texts.forward(number), "‹", () => this.#moveForward(index)));
    return h(
      "li",
      { class: "thumb", part: "thumb" },
      this.#image(image, texts.picture(number)),
      h("span", { class: "name", "aria-hidden": "true" }, texts.picture(number)),
      h("div", { class: "tools" }, ...tools),
    );
  }

  /** What the browser cannot show may still be of use to the API; it is shown by its name. */
  #image(image, alt) {
    const picture = h("img", { src: this.#preview(image), alt });
    picture.addEventListener("error", () => picture.replaceWith(h("span", { class: "unseen" }, image.name ?? alt)), { once: true });
    return picture;
  }

  /** The focus goes to the next picture, or to the button that adds one. */
  #remove(index) {
    this.#pictures.remove(index);
    const { list, add } = this.#parts;
    const next = list.children[Math.min(index, list.children.length - 2)];
    (next?.querySelector(".tools button:last-child") ?? add).focus();
  }

  #moveForward(index) {
    this.#pictures.moveForward(index);
    this.#parts.list.children[index - 1]?.querySelector(".tools button")?.focus();
  }

  #preview(image) {
    if (typeof image === "string") return image;
    if (!this.#previews.has(image)) this.#previews.set(image, URL.createObjectURL(image));
    return this.#previews.get(image);
  }

  #forget(isGone) {
    for (const [image, address] of this.#previews) {
      if (isGone(image)) {
        URL.revokeObjectURL(address);
        this.#previews.delete(image);
      }
    }
  }
}
