// What all entries share: the client, and one wasm instance for the page, however many entries and clients there are.
import start, { Core } from "./glue.js";
import { compile } from "./load.js";
import { loadError } from "./error.js";

/** Only `open` has it: without a started wasm there is no client. */
const MAKING = Symbol();

let ready;

/**
 * Starts the wasm, once. `source` is looked at only when it has not been started; a start that failed may be tried
 * again, with another source.
 */
export function init(source) {
  ready ??= load(source).catch((error) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function load(source) {
  const module = await compile(source);
  try {
    await start({ module_or_path: module });
  } catch (cause) {
    throw loadError("the wasm file is not the one of this version of qwen-edit: copy both from one package", cause);
  }
}

/** Reads and fits pictures; loaded when the first one comes. */
const loadCodec = () => import("./codec/picture-codec-host.js");

/** Makes a client of one entry's class. */
export async function open(Client, source, options) {
  await init(source);
  return new Client(MAKING, new Core(options, loadCodec));
}

export class Client {
  #core;

  constructor(making, core) {
    if (making !== MAKING) throw new TypeError("use `await QwenEdit.create({ relay })` instead of `new QwenEdit()`");
    this.#core = core;
  }

  async edit(request) {
    return this.#withBlobs(await this.#core.edit(request));
  }

  async resume(jobId, options) {
    return this.#withBlobs(await this.#core.resume(jobId, options));
  }

  validate(request) {
    return this.#core.validate(request);
  }

  estimate(request) {
    return this.#core.estimate(request);
  }

  models() {
    return this.#core.models();
  }

  /** Not enumerable: a result can be posted to another thread, stored, and written as JSON. */
  #withBlobs(result) {
    for (const image of result.images) {
      Object.defineProperty(image, "blob", { value: (options) => this.#core.fetchImage(image.url, options) });
    }
    return result;
  }
}
