// Decodes, turns, scales and encodes pictures with the browser's own codecs. Decides nothing: what to try, in which
// order and within which limits is said by the job, which comes from Rust (qwen-edit-client/src/codec_protocol.rs).
// Runs in a worker (picture-codec-worker.js) or, where none can be had, in the page.

/** Thrown with a stable `name`; names other than these are the browser's own. */
export class CodecError extends Error {
  constructor(name, message, detail = {}) {
    super(message);
    this.name = name;
    Object.assign(this, detail);
  }
}

/**
 * Carries a job out.
 *
 * @param {Blob | ImageBitmap} source The file, or its pixels where another decoder had to be used.
 * @param {{orientation: number, maxPixels: number, minSide: number, maxSide: number, maxBytes: number,
 *   leastSide: number, sourceType?: string, mayBeTransparent: boolean, opaque: Attempt[], transparent: Attempt[]}} job
 *   Sides and pixels in px. `orientation` is as in EXIF; browsers turn files by it, most of them.
 * @returns {Promise<{blob?: Blob, type?: string, quality?: number, width: number, height: number,
 *   sourceWidth: number, sourceHeight: number}>} No `blob` when the job has no attempts: then it only had to be readable.
 */
export async function transcode(source, job) {
  const bitmap = source instanceof Blob ? await decode(source) : source;
  try {
    const isUpright = source instanceof Blob && (await isTurnedByBrowser(job.sourceType));
    const orientation = isUpright ? 1 : job.orientation;
    const [width, height] = swapsSides(orientation) ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
    const size = { sourceWidth: width, sourceHeight: height };
    if (width * height > job.maxPixels) throw new CodecError('TooManyPixelsError', 'too many pixels', size);
    if (Math.min(width, height) < job.minSide) throw new CodecError('TooSmallError', 'too small', size);
    if (job.opaque.length === 0) return { ...size, width, height };
    return { ...size, ...(await encode(bitmap, { width, height, orientation }, job)) };
  } finally {
    bitmap.close();
  }
}

/** Two pixels side by side, to be turned by a quarter. */
const WEBP_PROBE =
  'UklGRlAAAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TA8AAAAvAQAAAAcQ/Y/+ByKi/wEARVhJRhoAAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==';

let turnsWebp;

/** Whether the browser turns what it decodes. All do, except that most do not for WebP. */
async function isTurnedByBrowser(type) {
  if (type !== 'image/webp') return true;
  turnsWebp ??= (async () => {
    const bytes = Uint8Array.from(atob(WEBP_PROBE), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type }));
    return bitmap.height === 2;
  })();
  return turnsWebp;
}

async function decode(file) {
  try {
    // Orientation and colour profile are honoured by default: the pixels come upright and in sRGB.
    return await createImageBitmap(file);
  } catch (cause) {
    // A file that was moved or changed is not damaged: then this throws the browser's own error.
    await file.slice(0, 1).arrayBuffer();
    throw new CodecError('DecodeError', 'the browser cannot decode it', { cause });
  }
}

async function encode(bitmap, picture, job) {
  const longest = Math.max(picture.width, picture.height);
  const fit = Math.min(1, job.maxSide / longest);
  let transparent;
  let drawn = { scale: 0 };
  let smallest = Infinity;
  for (let index = 0; ; index += 1) {
    const attempts = transparent ? job.transparent : job.opaque;
    if (index >= attempts.length) break;
    const attempt = attempts[index];
    // Smaller than the model works with would be paid for in vain.
    const shortest = (Math.min(picture.width, picture.height) * fit * attempt.scale) / 100;
    if (attempt.scale < 100 && shortest < job.leastSide) continue;
    if (attempt.scale !== drawn.scale) drawn = draw(bitmap, picture, fit, attempt.scale);
    transparent ??= job.mayBeTransparent && hasTransparency(drawn);
    // The first picture is drawn before it is known which list holds; both begin at the full size.
    const { type, quality } = (transparent ? job.transparent : job.opaque)[index];
    const options = quality === null ? { type } : { type, quality: quality / 100 };
    const blob = await drawn.canvas.convertToBlob(options);
    // A browser without that encoder writes PNG instead, and says so.
    if (blob.type !== type) continue;
    smallest = Math.min(smallest, blob.size);
    if (blob.size <= job.maxBytes) {
      return { blob, type, quality, width: drawn.canvas.width, height: drawn.canvas.height };
    }
  }
  throw new CodecError('EncodeError', 'no encoding fits', { smallest });
}

function draw(bitmap, picture, fit, scale) {
  const side = (length) => Math.max(1, Math.round((length * fit * scale) / 100));
  const canvas = new OffscreenCanvas(side(picture.width), side(picture.height));
  const context = canvas.getContext('2d');
  if (!context) throw new CodecError('EncodeError', 'no room for a canvas');
  context.imageSmoothingQuality = 'high';
  context.setTransform(...placement(picture.orientation, canvas));
  const [width, height] = swapsSides(picture.orientation)
    ? [canvas.height, canvas.width]
    : [canvas.width, canvas.height];
  context.drawImage(bitmap, 0, 0, width, height);
  return { canvas, context, scale };
}

const swapsSides = (orientation) => orientation >= 5;

/** The transformation that turns a stored picture upright on `canvas`: EXIF's eight orientations. */
function placement(orientation, { width, height }) {
  switch (orientation) {
    case 2: return [-1, 0, 0, 1, width, 0];
    case 3: return [-1, 0, 0, -1, width, height];
    case 4: return [1, 0, 0, -1, 0, height];
    case 5: return [0, 1, 1, 0, 0, 0];
    case 6: return [0, 1, -1, 0, width, 0];
    case 7: return [0, -1, -1, 0, width, height];
    case 8: return [0, -1, 1, 0, 0, height];
    default: return [1, 0, 0, 1, 0, 0];
  }
}

/** Rows looked at in one go: 2 MB for a picture 4096 px wide. */
const ROWS = 128;

function hasTransparency({ canvas, context }) {
  for (let top = 0; top < canvas.height; top += ROWS) {
    const rows = Math.min(ROWS, canvas.height - top);
    const { data } = context.getImageData(0, top, canvas.width, rows);
    for (let alpha = 3; alpha < data.length; alpha += 4) {
      if (data[alpha] !== 255) return true;
    }
  }
  return false;
}
