/** The simulator's control side: what arrived, and what shall go wrong next. */
import { createHash } from "node:crypto";

/** What shall go wrong with one coming call; the queue is used up in order. */
export interface Fault {
  status?: number;
  code?: string;
  message?: string;
  delay_ms?: number;
  drop?: "before" | "mid";
  html?: boolean;
  empty?: boolean;
  code_in_200?: boolean;
  partial?: number;
  slow_body?: boolean;
  http_links?: boolean;
  unknown_host_links?: boolean;
}

/** One request as the simulator saw it. Its log holds no secrets. */
export interface SeenRequest {
  id: number;
  method: string;
  path: string;
  complete: boolean;
  headers: Record<string, string>;
  body_sha256: string;
  body_bytes: number;
}

export class Sim {
  readonly #control: string;

  constructor(control: string) {
    this.#control = control;
  }

  /** Forgets all requests and faults. */
  async reset(): Promise<void> {
    await this.#call("DELETE", "/_sim");
  }

  /** Queues faults for the next calls, one per call. */
  async faults(...faults: Fault[]): Promise<void> {
    await this.#call("PUT", "/_sim/faults", JSON.stringify(faults));
  }

  /** Every request since the last reset, oldest first. */
  async requests(): Promise<SeenRequest[]> {
    const answer = await this.#call("GET", "/_sim/requests");
    return (await answer.json()) as SeenRequest[];
  }

  /** The exact bytes of one request's body. */
  async bodyOf(request: SeenRequest): Promise<Buffer> {
    const answer = await this.#call("GET", `/_sim/requests/${request.id}/body`);
    const body = Buffer.from(await answer.arrayBuffer());
    const sha256 = createHash("sha256").update(body).digest("hex");
    if (sha256 !== request.body_sha256) throw new Error("the simulator's body and its own hash differ");
    return body;
  }

  async #call(method: string, path: string, body?: string): Promise<Response> {
    const answer = await fetch(new URL(path, this.#control), {
      method,
      ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`simulator: ${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
