// The worker's side of a conversation: one answer for each question. See ask() in worker-line.js.

/** Answers messages `{id, question}` with what `answer(question)` gives. Errors cross as plain data. */
export function serve(answer) {
  self.onmessage = async ({ data: { id, question } }) => {
    try {
      const result = await answer(question);
      self.postMessage({ id, result }, transferable(result));
    } catch (error) {
      const { name = 'Error', message = '', sourceWidth, sourceHeight } = Object(error);
      self.postMessage({ id, error: { name, message, sourceWidth, sourceHeight } });
    }
  };
  self.postMessage({ ready: true });
}

const transferable = (result) => (result instanceof ImageBitmap ? [result] : []);
