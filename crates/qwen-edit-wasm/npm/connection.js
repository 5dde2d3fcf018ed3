// One region of one relay: where requests go, with whose credential, and the requests that are free.
import { answer, refuse } from "./error.js";
import { bytesOf, exchange } from "./exchange.js";
import { connect, imageAnswer } from "./glue.js";
import { MOST } from "./options.js";

/** Connects by the options of `create`. Sends nothing. */
export function connectTo({ relay, region, key, allowBrowserKey, fetch, timeoutMs }) {
  const { authorization, ...manners } = answer(connect(relay, region, key, allowBrowserKey));
  const limit = Math.min(timeoutMs ?? manners.editMs, MOST);
  return new Connection({ manners, relay, region, authorization, fetch, timeoutMs: limit });
}

class Connection {
  /** Kept here and in no message. */
  #authorization;
  #fetch;
  #bodyLimit;

  constructor({ manners, relay, region, authorization, fetch, timeoutMs }) {
    this.manners = manners;
    this.relay = relay;
    this.region = region;
    this.timeoutMs = timeoutMs;
    this.#authorization = authorization;
    this.#fetch = fetch;
  }

  /** Sends once, with the credential of this connection. See exchange.js. */
  exchange(call, read) {
    return exchange({ ...call, authorization: this.#authorization, fetch: this.#fetch }, read);
  }

  /** The bytes of a result picture, through the relay. */
  async image(link, signal) {
    const { image, imageMs, answerBytes } = this.manners;
    const call = { url: `${image}?${new URLSearchParams({ url: link })}`, timeoutMs: imageMs, signal };
    const read = (response) => (response.status === 200 ? response.blob() : bytesOf(response, answerBytes));
    const { lost, head, body, cause } = await this.exchange(call, read);
    refuse(imageAnswer(lost, head, body instanceof Uint8Array ? body : new Uint8Array()), cause);
    return body;
  }

  /** The largest body the relay takes, in bytes, if it says so. One that does not answer now may answer later. */
  async bodyLimit() {
    if (this.#bodyLimit === undefined) {
      const { info, infoMs } = this.manners;
      const read = (response) => (response.status === 200 ? response.json().catch(() => null) : null);
      const { lost, body } = await exchange({ url: info, timeoutMs: infoMs, fetch: this.#fetch }, read);
      const bytes = Array.isArray(body?.regions) ? body.limits?.body_bytes : undefined;
      if (!lost) this.#bodyLimit = Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
    }
    return this.#bodyLimit ?? undefined;
  }
}
