// One edit at a time: its client, its progress, its end.
import { QwenEdit } from "../index.js";

export class Run {
  isRunning = false;
  /** The browser has the request: from here on it may cost something. */
  wasSent = false;
  /** The last that was told of the running edit. */
  progress;
  #abort;
  #given;
  #made;

  /** The client the page gave, or the one that was made. */
  get client() {
    return this.#given;
  }

  set client(client) {
    this.#given = client;
  }

  /** The next edit makes a new client. */
  forgetClient() {
    this.#made = undefined;
  }

  /** Marks itself as running at once, so that nothing gets in between. */
  start(options, request, onProgress) {
    this.isRunning = true;
    this.wasSent = false;
    this.progress = undefined;
    this.#abort = new AbortController();
    return this.#edit(options, { ...request, signal: this.#abort.signal }, onProgress).finally(() => {
      this.isRunning = false;
    });
  }

  cancel() {
    this.#abort?.abort();
  }

  async #edit(options, request, onProgress) {
    const client = this.#given ?? (await this.#make(options));
    // It may have been given up while the wasm was loading.
    request.signal.throwIfAborted();
    return client.edit({
      ...request,
      onProgress: (progress) => {
        this.wasSent ||= progress.phase === "sent";
        this.progress = progress;
        onProgress(progress);
      },
    });
  }

  #make(options) {
    this.#made ??= QwenEdit.create(options).catch((error) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }
}
