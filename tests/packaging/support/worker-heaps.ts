/**
 * The JavaScript heaps of a page's workers. Playwright has no DevTools session for a worker, so questions go to it in
 * the page's own session, as messages.
 */
import type { CDPSession } from "@playwright/test";

export interface HeapSize {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

interface Answer {
  readonly id: number;
  readonly result?: HeapSize;
  readonly error?: { message: string };
}

export class WorkerHeaps {
  readonly #cdp: CDPSession;
  /** Of the workers that are running. */
  readonly #sessions = new Set<string>();
  readonly #waiting = new Map<number, { sessionId: string; hear: (answer: Answer | undefined) => void }>();
  #last = 0;

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp;
    cdp.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") this.#sessions.add(sessionId);
    });
    cdp.on("Target.detachedFromTarget", ({ sessionId }) => this.#forget(sessionId));
    cdp.on("Target.receivedMessageFromTarget", ({ message }) => {
      const answer = JSON.parse(message) as Answer;
      this.#waiting.get(answer.id)?.hear(answer);
    });
  }

  static async of(cdp: CDPSession): Promise<WorkerHeaps> {
    const heaps = new WorkerHeaps(cdp);
    await cdp.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    return heaps;
  }

  /** The sum of all that are running, after a garbage collection. */
  async read(): Promise<HeapSize> {
    const sum = { usedSize: 0, backingStorageSize: 0 };
    for (const sessionId of [...this.#sessions]) {
      await this.#ask(sessionId, "HeapProfiler.collectGarbage");
      const size = await this.#ask(sessionId, "Runtime.getHeapUsage");
      sum.usedSize += size?.usedSize ?? 0;
      sum.backingStorageSize += size?.backingStorageSize ?? 0;
    }
    return sum;
  }

  /** Undefined when the worker ended meanwhile. */
  async #ask(sessionId: string, method: string): Promise<HeapSize | undefined> {
    if (!this.#sessions.has(sessionId)) return undefined;
    const id = (this.#last += 1);
    const answered = new Promise<Answer | undefined>((hear) => this.#waiting.set(id, { sessionId, hear }));
    await this.#cdp.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    const answer = await answered;
    this.#waiting.delete(id);
    if (answer?.error) throw new Error(`${method} in a worker: ${answer.error.message}`);
    return answer?.result;
  }

  /** Nobody waits for a worker that has ended. */
  #forget(ended: string): void {
    this.#sessions.delete(ended);
    for (const { sessionId, hear } of this.#waiting.values()) if (sessionId === ended) hear(undefined);
  }
}
