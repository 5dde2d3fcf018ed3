// TIFF, for browsers that do not read it (all but Safari). Its orientation is applied later, with the scaling.
// Bundled with its library by `cargo xtask`; unbundled, the import fails and TIFF counts as not readable here.

import UTIF from 'utif2';

import { CodecError } from '../picture-codec.js';

/** @returns {Promise<ImageBitmap>} The first page, as stored. */
export async function decode({ file, maxPixels }) {
  const bytes = await file.arrayBuffer();
  const page = firstPage(bytes);
  const [width, height] = [page.t256?.[0], page.t257?.[0]];
  const size = { sourceWidth: width, sourceHeight: height };
  if (width * height > maxPixels) throw new CodecError('TooManyPixelsError', 'too many pixels', size);
  const pixels = rgba(bytes, page);
  if (pixels.length !== width * height * 4) throw new CodecError('DecodeError', 'pixels are missing');
  return createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height));
}

function firstPage(bytes) {
  try {
    const page = UTIF.decode(bytes).find(({ t256, t257 }) => t256?.[0] > 0 && t257?.[0] > 0);
    if (page) return page;
  } catch (cause) {
    throw new CodecError('DecodeError', 'its directory makes no sense', { cause });
  }
  throw new CodecError('DecodeError', 'no picture in it');
}

function rgba(bytes, page) {
  try {
    UTIF.decodeImage(bytes, page);
    return UTIF.toRGBA8(page);
  } catch (cause) {
    throw new CodecError('DecodeError', 'its pixels cannot be decoded', { cause });
  }
}
