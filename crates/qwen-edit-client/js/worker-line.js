// A worker that answers questions, started when first needed and ended when idle: what it decoded is a lot of memory.

/** Milliseconds without a question after which the worker ends. */
const IDLE = 20_000;

/** Where no worker can be had: forbidden by the page's policy, not found, or of another origin. */
export class NoWorkerError extends Error {
  name = 'NoWorkerError';
}

export class WorkerLine {
  #start;
  #worker;
  #ready;
  #waiting = new Map();
  #last = 0;
  #idle;

  /** @param {() => Worker} start Makes the worker; its script calls serve() of served.js. */
  constructor(start) {
    this.#start = start;
  }

  /**
   * Asks, and gives the answer. Questions are answered side by side.
   *
   * @throws {NoWorkerError} When the worker cannot be started; then nothing was asked.
   */
  async ask(question, transfer = []) {
    clearTimeout(this.#idle);
    await (this.#ready ??= this.#open());
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, question }, transfer);
    });
  }

  /** Ends the worker and every question with it; the next question starts another one. */
  end(reason = new DOMException('ended', 'AbortError')) {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#worker = this.#ready = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }

  #open() {
    return new Promise((resolve, reject) => {
      const fail = () => {
        const error = new NoWorkerError('the picture worker could not be started');
        this.end(error);
        reject(error);
      };
      try {
        this.#worker = this.#start();
      } catch {
        return fail();
      }
      const worker = this.#worker;
      worker.onerror = (event) => {
        event.preventDefault();
        fail();
      };
      worker.onmessage = ({ data }) => (data.ready ? resolve() : this.#hear(data));
    });
  }

  #hear({ id, result, error }) {
    const asked = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.end(), IDLE);
    if (error) asked?.reject(Object.assign(new Error(error.message), error));
    else asked?.resolve(result);
  }
}
