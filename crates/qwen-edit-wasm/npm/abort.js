// Giving up by the caller's own signal.

/**
 * Works until `signal` says stop, and then rejects with its reason, as `fetch` does. `work` gets a signal of ours, which
 * it looks at before everything that costs anything.
 */
export async function untilAborted(signal, work) {
  const ours = new AbortController();
  if (!signal) return work(ours.signal);
  signal.throwIfAborted();
  let stop;
  const stopped = new Promise((_, reject) => {
    stop = () => {
      ours.abort();
      reject(signal.reason);
    };
  });
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work(ours.signal), stopped]);
  } finally {
    // A signal may live as long as the page, and must not collect what every call leaves behind.
    signal.removeEventListener("abort", stop);
  }
}

/** A listener that throws must not cost a paid result; and who gave up hears no more. */
export function teller(listener, signal) {
  return (progress) => {
    if (!listener || signal.aborted) return;
    try {
      listener(progress);
    } catch (error) {
      report(error);
    }
  };
}

/** Not every place that runs JavaScript can report. */
function report(error) {
  try {
    reportError(error);
  } catch {
    console.error(error);
  }
}
