// The page's side of the picture codec: chooses who decodes, and asks workers so that the page stays smooth.
// Loaded when the first picture is to be changed, never before.

import { CodecError, transcode as transcodeHere } from './picture-codec.js';
import { rasterize } from './svg-raster.js';
import { NoWorkerError, WorkerLine } from './worker-line.js';

export { inspect } from './inspect.js';
export { withoutMetadata } from './jpeg.js';

// Written out in full: bundlers find workers by this very form.
const codec = new WorkerLine(
  () => new Worker(new URL('./picture-codec-worker.js', import.meta.url), { type: 'module' }),
);

// What browsers cannot read themselves. Each decoder gives an ImageBitmap.
const decoders = {
  heic: {
    line: new WorkerLine(
      () => new Worker(new URL('./decoders/heic-worker.js', import.meta.url), { type: 'module' }),
    ),
    here: () => import('./decoders/heic.js'),
  },
  tiff: {
    line: new WorkerLine(
      () => new Worker(new URL('./decoders/tiff-worker.js', import.meta.url), { type: 'module' }),
    ),
    here: () => import('./decoders/tiff.js'),
  },
};

/**
 * Carries out a job on a file; see transcode() of picture-codec.js.
 *
 * @param {Blob} file
 * @param {'browser' | 'heic' | 'tiff' | 'svg'} format Who decodes: the browser, or what it lacks.
 * @throws {CodecError} `DecodeError`, `NoDecoderError`, `TooManyPixelsError`, `TooSmallError`, `EncodeError`.
 * @throws {WorkerDiedError} When a worker stopped or did not answer in time.
 */
export function transcode(file, format, job) {
  // One after the other: decoded, a picture may take 400 MB.
  const turn = last.then(() => carryOut(file, format, job));
  last = turn.catch(() => {});
  return turn;
}

let last = Promise.resolve();

async function carryOut(file, format, job) {
  const source = await pixels(file, format, job);
  try {
    return await codec.ask({ source, job }, source instanceof Blob ? [] : [source]);
  } catch (error) {
    if (!(error instanceof NoWorkerError)) throw error;
    return transcodeHere(source, job);
  }
}

async function pixels(file, format, job) {
  if (format === 'svg') return rasterize(file, job);
  const decoder = decoders[format];
  if (!decoder) return file;
  // Safari reads HEIC and TIFF; asking costs a failed look at the header elsewhere.
  const native = await createImageBitmap(file).catch(() => undefined);
  if (native) {
    native.close();
    return file;
  }
  const question = { file, maxPixels: job.maxPixels };
  try {
    return await decoder.line.ask(question);
  } catch (error) {
    if (!(error instanceof NoWorkerError)) throw error;
  }
  const loaded = await decoder.here().catch((cause) => {
    throw new CodecError('NoDecoderError', `no decoder for ${format}`, { cause });
  });
  return loaded.decode(question);
}
