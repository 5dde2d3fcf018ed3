// A file of which only pieces are read: headers are short, photos are not.

/** Bytes of the first read: holds the header of nearly every photo, thumbnail included. */
const FIRST = 64 * 1024;
/** Bytes of each later read, at least. */
const NEXT = 16 * 1024;
/** Reads after which a header counts as damaged: a hostile file cannot keep us busy. */
const MOST = 256;

/** Thrown where a header makes no sense or ends too early. */
export class DamagedError extends Error {
  name = 'DamagedError';
}

export class Pieces {
  #file;
  #start = 0;
  #bytes = new Uint8Array();
  #reads = 0;

  /** @param {Blob} file */
  constructor(file) {
    this.#file = file;
  }

  /** A view of `length` bytes at `offset`; shorter at the end of the file. */
  async upTo(offset, length) {
    const wanted = Math.max(0, Math.min(length, this.#file.size - offset));
    const isHeld = offset >= this.#start && offset + wanted <= this.#start + this.#bytes.length;
    if (!isHeld) await this.#read(offset, wanted);
    const within = offset - this.#start;
    const held = Math.max(0, Math.min(wanted, this.#bytes.length - within));
    return new DataView(this.#bytes.buffer, Math.min(within, this.#bytes.length), held);
  }

  /**
   * A view of exactly `length` bytes at `offset`.
   *
   * @throws {DamagedError} When the file ends before.
   */
  async at(offset, length) {
    const view = await this.upTo(offset, length);
    if (view.byteLength < length) throw new DamagedError('it ends inside its header');
    return view;
  }

  async #read(offset, length) {
    this.#reads += 1;
    if (this.#reads > MOST) throw new DamagedError('its header has no end');
    const most = Math.max(length, this.#reads === 1 ? FIRST : NEXT);
    const buffer = await this.#file.slice(offset, offset + most).arrayBuffer();
    this.#start = offset;
    this.#bytes = new Uint8Array(buffer);
  }
}

/** The bytes of a view as text, one character each. */
export const text = (view, offset = 0, length = view.byteLength - offset) =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + offset, Math.max(0, length)));
