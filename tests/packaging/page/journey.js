// What every fixture's page does when a test asks: make a client, edit one file, fetch the result. Copied into every
// fixture, so that all of them do the same.

/** `QwenEdit` is the fixture's own import. Gives only what can also be posted from a worker. */
export async function journey(QwenEdit, { file, relay, prompt, options, language }) {
  const client = await QwenEdit.create({ relay, region: "demo", ...options });
  const phases = [];
  const result = await client.edit({ images: [file], prompt, onProgress: ({ phase }) => phases.push(phase) });
  const blob = await result.images[0].blob();
  return {
    result: structuredClone(result),
    phases: [...new Set(phases)],
    type: blob.type,
    bytes: await blob.arrayBuffer(),
    program: language && (await client.toCode({ images: [file], prompt }, language)),
  };
}

/** Shows the tests that the page is up; `edit` gets `{ file, relay, prompt, options, language }`. */
export function offer(edit, more = {}) {
  Object.assign(globalThis, { journey: edit, ...more });
  document.documentElement.dataset.ready = "yes";
}
