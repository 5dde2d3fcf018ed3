// A worker that answers questions, started when first needed and ended when idle: what it decoded is a lot of memory.

/** Milliseconds without a question after which the worker ends. */
const IDLE = 20_000;

/** Milliseconds for one picture: the largest take some ten seconds on a slow phone. */
const PATIENCE = 120_000;

/** The worker went away, or a decoder in it never comes to an end. */
export class WorkerDiedError extends Error {
  name = 'WorkerDiedError';
}

/** Where no worker can be had: forbidden by the page's policy, not found, or of another origin. */
export class NoWorkerError extends Error {
  name = 'NoWorkerError';
}

export class WorkerLine {
  #start;
  #worker;
  #ready;
  #refuse;
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
   * @throws {NoWorkerError} When the worker cannot be started; then nothing was asked, and nothing was transferred.
   * @throws {WorkerDiedError} When it stopped, or did not answer in time.
   */
  async ask(question, transfer = []) {
    clearTimeout(this.#idle);
    await (this.#ready ??= this.#open());
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      // After the browser refused to post it, there would be no answer.
      this.#worker.postMessage({ id, question }, transfer);
      const deadline = setTimeout(() => this.end(new WorkerDiedError('it took too long')), PATIENCE);
      this.#waiting.set(id, { resolve, reject, deadline });
    });
  }

  /** Ends the worker and every question with it; the next question starts another one. */
  end(reason = new DOMException('ended', 'AbortError')) {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#refuse?.(reason);
    this.#worker = this.#ready = this.#refuse = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, deadline } of waiting) {
      clearTimeout(deadline);
      reject(reason);
    }
  }

  #open() {
    return new Promise((resolve, reject) => {
      this.#refuse = reject;
      let isReady = false;
      const fail = (event) => {
        event?.preventDefault?.();
        this.end(isReady ? new WorkerDiedError('it stopped') : new NoWorkerError('it could not be started'));
      };
      try {
        this.#worker = this.#start();
      } catch {
        return fail();
      }
      this.#worker.onerror = this.#worker.onmessageerror = fail;
      this.#worker.onmessage = ({ data }) => {
        if (!data.ready) return this.#hear(data);
        isReady = true;
        resolve();
      };
    });
  }

  #hear({ id, result, error }) {
    const asked = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(asked?.deadline);
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.end(), IDLE);
    if (error) asked?.reject(Object.assign(new Error(error.message), error));
    else asked?.resolve(result);
  }
}
