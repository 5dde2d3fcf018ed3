/** The simulator's control side: what arrived, and what shall go wrong next. */
import { createHash } from "node:crypto";

/**
 * What shall go wrong with one coming generation call. The simulator refuses combinations that make no sense,
 * naming the field.
 */
export interface Fault {
  /** An error in the vendor's shape; `code` and `message` have believable values when left out. */
  status?: number;
  code?: string;
  message?: string;
  /** Waited on top of the usual latency. */
  delay_ms?: number;
  /** The connection closes before the answer, or in the middle of its body. */
  drop?: "before" | "mid";
  /** A load balancer's HTML page with this status. */
  html?: number;
  /** An empty body with this status. */
  empty?: number;
  /** Status 200 with this error code in it. */
  code_in_200?: string;
  /** At most this many pictures succeed. */
  partial?: number;
  /** Milliseconds the answer's body takes to arrive. */
  slow_body?: number;
  http_links?: boolean;
  unknown_host_links?: boolean;
  /** How long this call's links work. */
  link_life_ms?: number;
  /** How many calls in a row get this fault; 1 when left out. */
  times?: number;
}

/** One request as the simulator saw it. Its log holds no secrets. */
export interface SeenRequest {
  id: number;
  method: string;
  /** Without the query. */
  path: string;
  arrived_ms: number;
  /** Lower-case names; credentials cut down to their kind. */
  headers: Record<string, string>;
  /** Whether the whole body arrived. */
  complete: boolean;
  body_size: number;
  body_sha256: string | null;
  model: string | null;
  n: number | null;
  /** Null while, or because, there was no answer. */
  status: number | null;
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
    if (sha256 !== request.body_sha256)
      throw new Error("the simulator's body and its own hash differ");
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
