// The pictures that go in, in order.

export class Pictures {
  #images = [];
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  all() {
    return [...this.#images];
  }

  replace(images) {
    this.#images = images;
    this.#changed();
  }

  add(images) {
    this.replace([...this.#images, ...images]);
  }

  remove(index) {
    this.replace(this.#images.filter((_, other) => other !== index));
  }

  /** Changes places with the one before it. */
  moveForward(index) {
    const images = this.all();
    images.splice(index - 1, 0, ...images.splice(index, 1));
    this.replace(images);
  }
}
