// An edit from its sending to its outcome. What to do next is decided in the wasm, which has no step that sends: the one
// request goes out here, once.
import { answer } from "./error.js";
import { bytesOf } from "./exchange.js";
import { Conversation } from "./glue.js";

/** Sends a request and gives its result. From `sent` on it may cost something. */
export async function edit(connection, { model, n, body }, { job, caller, signal, onProgress }) {
  // Somebody may have kept the event from us.
  caller?.throwIfAborted();
  const { manners, timeoutMs } = connection;
  const headers = job && { "idempotency-key": job, prefer: manners.jobPreference };
  const heard = await connection.exchange(
    {
      url: manners.edits,
      headers,
      body,
      // A browser does not say when an upload has ended, so a slow line gets its own time for it.
      timeoutMs: timeoutMs + Math.floor(body.size / manners.uploadBytesPerMs),
      signal,
      onSent: () => onProgress({ phase: "sent", bodyBytes: body.size }),
    },
    (response) => bytesOf(response, manners.answerBytes),
  );
  const conversation = new Conversation(model, n, timeoutMs, job !== undefined, true, Date.now());
  return goOn(connection, conversation, heard, { job, signal, onProgress });
}

/** Waits for the result of a job. Costs nothing. */
export async function resume(connection, { job, model = connection.manners.model, n, signal, onProgress }) {
  const began = Date.now();
  const heard = await ask(connection, job, signal);
  const conversation = new Conversation(model, n, connection.timeoutMs, true, false, began);
  return goOn(connection, conversation, heard, { job, signal, onProgress });
}

/** Does what the conversation says until there is an outcome. */
async function goOn(connection, conversation, heard, { job, signal, onProgress }) {
  try {
    for (let told; ; ) {
      const { lost, head = "{}", body = new Uint8Array(), cause } = heard;
      const step = answer(conversation.hear(lost, head, body, Date.now()), cause);
      // While a pause goes on, what was told before it holds.
      const phase = lost === "paused" ? told : step.accepted && !lost ? "accepted" : lost && "reconnecting";
      if (phase && phase !== told && !step.result) onProgress({ phase });
      told = phase;
      if (step.result) return step.result;
      heard = step.pause ? await pause(step.pause, signal) : await ask(connection, job, signal);
    }
  } finally {
    conversation.free();
  }
}

/** Ends early when the caller gave up: the next question then throws. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve({ lost: "paused" });
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener("abort", over);
  });
}

function ask(connection, job, signal) {
  const { jobs, askMs, askPreference, answerBytes } = connection.manners;
  const call = { url: jobs + job, headers: { prefer: askPreference }, timeoutMs: askMs, signal };
  return connection.exchange(call, (response) => bytesOf(response, answerBytes));
}
