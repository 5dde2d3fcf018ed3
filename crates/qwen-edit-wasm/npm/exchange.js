// One HTTP exchange: a request goes out at most once, and what is heard of it is told without judging it.

/** The relay's mark on its own errors. */
const RELAY_HEADER = "x-qwen-edit-relay";
/** A longer timer overflows in every browser and fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Sends once and reads the answer with `read`.
 *
 * @param {{url: string, authorization?: string, headers?: object, body?: Blob, timeoutMs: number, fetch?: Function,
 *   signal?: AbortSignal, onSent?: () => void}} call With a body it is a POST, without a GET.
 * @param {(response: Response) => Promise<T>} read
 * @returns {Promise<{head: string, body: T} | {lost: string, head: string, cause: unknown}>} `head` is JSON.
 * @throws The reason of `signal`, which was aborted before; then nothing is sent.
 */
export async function exchange({ url, body, timeoutMs, fetch, signal, onSent, ...call }, read) {
  signal?.throwIfAborted();
  const ours = new AbortController();
  const abort = () => ours.abort();
  signal?.addEventListener("abort", abort);
  let timer;
  const lost = (kind, cause, head = "{}") => ({ lost: kind, head, cause });
  const conversation = async () => {
    let request;
    try {
      request = build(url, body, call, ours.signal);
    } catch (cause) {
      return lost("not-sent", cause);
    }
    let answering;
    try {
      // Called without a `this`: it is the page's own or the browser's.
      answering = (0, fetch ?? globalThis.fetch)(request);
    } catch (cause) {
      return lost("network", cause);
    }
    onSent?.();
    let head;
    try {
      const response = await answering;
      head = describe(response);
      return { head, body: await read(response) };
    } catch (cause) {
      return head === undefined ? lost(kindOf(cause), cause) : lost("mid-answer", cause, head);
    }
  };
  const timeout = new Promise((resolve) => {
    timer = setTimeout(() => resolve(lost("timeout")), Math.min(timeoutMs, LONGEST_TIMER_MS));
  });
  try {
    return await Promise.race([conversation(), timeout]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    // After a whole answer this has no effect. Without a reason: readers expect an Error there.
    ours.abort();
  }
}

/** Anything can be thrown, also what throws when it is looked at. */
function kindOf(thrown) {
  try {
    return thrown.name === "AbortError" ? "aborted" : "network";
  } catch {
    return "network";
  }
}

function build(url, body, { authorization, headers = {} }, signal) {
  return new Request(url, {
    method: body ? "POST" : "GET",
    // Only what every relay grants, so that the preflight stays small.
    headers: {
      ...(authorization && { authorization }),
      ...headers,
      ...(body && { "content-type": "application/json" }),
    },
    body,
    signal,
    // A redirect followed could send a paid request on to somewhere else; the relay never redirects.
    redirect: "manual",
  });
}

function describe(response) {
  const header = (name) => response.headers.get(name) ?? undefined;
  return JSON.stringify({
    // 0 for a redirect, which is hidden from us.
    status: response.type === "opaqueredirect" ? 0 : response.status,
    fromRelay: response.headers.has(RELAY_HEADER),
    contentType: header("content-type"),
    requestId: header("x-request-id"),
  });
}

/** The bytes of an answer, up to `most`. */
export async function bytesOf(response, most) {
  return new Uint8Array(await response.arrayBuffer()).subarray(0, most);
}
