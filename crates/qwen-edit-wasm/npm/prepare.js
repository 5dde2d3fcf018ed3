// From what a caller gave to a request and its body. Decisions are the wasm's; files are read here, and pixels are the
// picture codec's.
import { answer } from "./error.js";
import { Preparation, toBase64 } from "./glue.js";

/** Bytes read from a file at a time: few enough to stay out of the way, enough to make the reads cheap. */
const SLICE = 3 * 1024 * 1024;
/** Bytes in wasm memory at a time. Divisible by 3, as SLICE is, so that only the end of a file is padded. */
const WINDOW = 96 * 1024;

/**
 * Makes a request ready to be sent.
 *
 * @param {() => Promise<object>} loadCodec Gives `picture-codec-host.js`.
 * @param {() => Promise<number | undefined>} relayLimit The largest body the relay takes.
 * @returns {Promise<{model: string, n: number, body: Blob, receipts: (object | undefined)[]}>}
 */
export async function prepare({ draft, images, fit, signal, onProgress }, loadCodec, relayLimit) {
  const preparation = new Preparation(draft, !fit);
  try {
    const { files, nearsLimit } = await addAll(preparation, images, loadCodec);
    if (fit) {
      // A relay is asked for its limit only when it matters.
      const limit = fit.maxBodyBytes ?? (nearsLimit ? await relayLimit() : undefined);
      if (limit) preparation.limitBody(limit);
      await fitAll(preparation, files, { signal, onProgress });
    }
    const { model, n, parts, receipts } = answer(preparation.request());
    const body = await join(preparation, parts, files, { signal, onProgress });
    return { model, n, body, receipts: receipts.map((receipt) => receipt ?? undefined) };
  } finally {
    preparation.free();
  }
}

/**
 * What would be sent if every file went as it is, without their bytes.
 *
 * @returns {Promise<{body: string, names: string[]}>} An empty data URL stands for each file; a nameless one has an empty
 *   name.
 */
export async function outline({ draft, images }, loadCodec) {
  const preparation = new Preparation(draft, true);
  try {
    await addAll(preparation, images, loadCodec);
    const { parts } = answer(preparation.request());
    const body = parts.filter((part) => typeof part === "string").join("");
    return { body, names: images.map(({ name, isNameless }) => (isNameless ? "" : (name ?? ""))) };
  } finally {
    preparation.free();
  }
}

/** Gives what is known of each, and whether the request will be large. */
async function addAll(preparation, images, loadCodec) {
  const files = [];
  for (const image of images) files.push(await add(preparation, image, loadCodec));
  const { nearsLimit } = answer(preparation.review(), files.find((file) => file.cause)?.cause);
  return { files, nearsLimit };
}

/** What the wasm is told of an image, with what was found in it. */
export function told({ url, file, name }, found) {
  return file ? { name, bytes: file.size, ...found } : { url, isAbsolute: isAbsolute(url.trim()) };
}

/** Gives what is known of a file; nothing of a link. */
async function add(preparation, image, loadCodec) {
  const tell = (found) => preparation.add(JSON.stringify(told(image, found)));
  const { file } = image;
  if (!file) {
    tell();
    return {};
  }
  let codec;
  try {
    codec = file.size > 0 && (await loadCodec());
    const found = codec && (await codec.inspect(file));
    tell({ found });
    return { file, codec, layout: found?.layout };
  } catch (cause) {
    tell({ [codec ? "thrown" : "missing"]: thrown(cause) });
    return { file, cause };
  }
}

function isAbsolute(url) {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** The fields of an error are not written as JSON by themselves. */
function thrown(error) {
  const { name, format, sourceWidth, sourceHeight } = error ?? {};
  return { name, format, sourceWidth, sourceHeight };
}

/** One after the other: decoded, each may take 400 MB. */
async function fitAll(preparation, files, { signal, onProgress }) {
  for (const [index, entry] of files.entries()) {
    signal.throwIfAborted();
    const plan = answer(preparation.plan(index));
    if (plan.job) entry.file = await carryOut(preparation, index, plan, entry);
    onProgress({ phase: "fit", picture: index });
  }
}

/** Gives the file that goes. */
async function carryOut(preparation, index, { decoder, job, convert, strip }, { file, codec, layout }) {
  const settle = (outcome, cause) => answer(preparation.settle(index, JSON.stringify(outcome)), cause);
  let result = {};
  try {
    result = await codec.transcode(file, decoder, job);
  } catch (cause) {
    // Throws, unless the file may go without having been looked into.
    settle({ thrown: thrown(cause) }, cause);
  }
  if (convert && !(result.blob instanceof Blob)) settle({ thrown: { name: "no result" } });
  let fitted = convert ? result.blob : file;
  if (strip) fitted = await readable(preparation, index, () => codec.withoutMetadata(file, layout));
  settle({ result, bytes: fitted.size });
  return fitted;
}

/** What goes wrong here is that the file cannot be read any more, whatever is thrown. */
async function readable(preparation, index, work) {
  try {
    return await work();
  } catch (cause) {
    return answer(preparation.settle(index, JSON.stringify({ unreadable: thrown(cause) })), cause);
  }
}

/** The body as a Blob: JSON text, and between it the files as base64. It never exists as one string. */
async function join(preparation, parts, files, { signal, onProgress }) {
  const sizeOf = (part) => (typeof part === "number" ? files[part].file.size : 0);
  const totalBytes = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  let doneBytes = 0;
  const tell = () => onProgress({ phase: "encode", doneBytes, totalBytes });
  if (totalBytes > 0) tell();
  const pieces = [];
  for (const part of parts) {
    if (typeof part === "string") {
      pieces.push(part);
      continue;
    }
    await readable(preparation, part, () => encode(files[part].file, pieces, signal));
    signal.throwIfAborted();
    doneBytes += sizeOf(part);
    tell();
  }
  return new Blob(pieces, { type: "application/json" });
}

async function encode(file, pieces, signal) {
  for (let start = 0; start < file.size && !signal.aborted; start += SLICE) {
    const end = Math.min(start + SLICE, file.size);
    const slice = new Uint8Array(await file.slice(start, end).arrayBuffer());
    if (slice.length !== end - start) throw Object.assign(new Error(), { name: "its size changed" });
    for (let at = 0; at < slice.length; at += WINDOW) pieces.push(toBase64(slice.subarray(at, at + WINDOW)));
  }
}
