// What all entries share: the client, and one wasm instance for the page, however many entries and clients there are.
import { teller, untilAborted } from "./abort.js";
import { connectTo } from "./connection.js";
import { edit, resume } from "./converse.js";
import { answer } from "./error.js";
import * as glue from "./glue.js";
import { start } from "./load.js";
import { readCreate, readLanguage, readRequest, readResume, readSignal } from "./options.js";
import { outline, prepare, told } from "./prepare.js";

/** Only `open` has it: without a started wasm there is no client. */
const MAKING = Symbol();

let ready;

/**
 * Starts the wasm, once. `source` is looked at only when it has not been started; a start that failed may be tried
 * again, with another source.
 */
export function init(source) {
  ready ??= start(source, glue, "./glue_bg.js").catch((error) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

/** Reads and fits pictures; loaded when the first one comes. */
const loadCodec = () => import("./codec/picture-codec-host.js");

/** Writes programs; loaded when somebody asks for one. */
const loadCode = () => import("./code.js");

/** Makes a client of one entry's class. `code` gives its second wasm file, if that is not beside code.js. */
export async function open(Client, source, options, code = fromAssets(options, "qwen-edit-code.wasm")) {
  await init(source);
  return new Client(MAKING, connectTo(readCreate(options)), code);
}

/** A file among the copies of the package's files, if there are such: relative to the page, and to a folder. */
export function fromAssets(options, file) {
  const folder = options?.assetsUrl;
  return folder && (() => new URL(file, new URL(String(folder).replace(/\/?$/, "/"), globalThis.location?.href)));
}

export class Client {
  #connection;
  #code;

  constructor(making, connection, code) {
    if (making !== MAKING) throw new TypeError("use `await QwenEdit.create({ relay })` instead of `new QwenEdit()`");
    this.#connection = connection;
    this.#code = code;
  }

  async edit(request) {
    const read = readRequest(request);
    return untilAborted(read.signal, async (signal) => {
      const course = { ...read, caller: read.signal, signal, onProgress: teller(read.onProgress, signal) };
      const { receipts, ...prepared } = await prepare(course, loadCodec, () => this.#connection.bodyLimit());
      return this.#whole(await edit(this.#connection, prepared, course), receipts);
    });
  }

  async resume(jobId, options) {
    const read = readResume(jobId, options);
    return untilAborted(read.signal, async (signal) => {
      const course = { ...read, signal, onProgress: teller(read.onProgress, signal) };
      return this.#whole(await resume(this.#connection, course), []);
    });
  }

  validate(request) {
    const { draft, images, fit } = readRequest(request);
    return answer(glue.check(draft, JSON.stringify(images.map((image) => told(image))), !fit));
  }

  estimate(request) {
    const { draft, images } = readRequest(request);
    const micro = glue.estimate(draft, images.length, this.#connection.region);
    return micro === undefined ? undefined : { cny: micro / 1e6 };
  }

  async toCode(request, language) {
    const read = readRequest(request);
    readLanguage(language);
    return untilAborted(read.signal, async () => {
      const { body, names } = await outline(read, loadCodec);
      const { relay, region } = this.#connection;
      const { write } = await loadCode();
      return write(this.#code, { body, language, relay: absolute(relay), region, names });
    });
  }

  models() {
    return answer(glue.models());
  }

  /** `blob` is not enumerable: a result can be posted to another thread, stored, and written as JSON. */
  #whole(result, receipts) {
    for (const image of result.images) {
      if (image.expiresAt !== undefined) image.expiresAt = new Date(image.expiresAt);
      Object.defineProperty(image, "blob", { value: async (options) => this.#blob(image.url, readSignal(options)) });
    }
    return { ...result, receipts };
  }

  #blob(link, signal) {
    return untilAborted(signal, (ours) => this.#connection.image(link, ours));
  }
}

/** Programs have no page around them. */
function absolute(relay) {
  try {
    return new URL(relay, globalThis.location?.href).href;
  } catch {
    return relay;
  }
}
