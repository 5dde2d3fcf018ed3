// TIFF, for browsers that do not read it (all but Safari). Its orientation is applied later, with the scaling.
// Bundled with its library by `cargo xtask`; unbundled, the import fails and TIFF counts as not readable here.

// First: the library looks for `window`, which workers do not have.
import './window.js';

import UTIF from 'utif2';

import { CodecError } from '../picture-codec.js';
import { checkLayout } from './tiff-layout.js';

/** @returns {Promise<ImageBitmap>} The first page, as stored. */
export async function decode({ file, maxPixels }) {
  const bytes = await file.arrayBuffer();
  const { width, height } = checkLayout(bytes);
  const size = { sourceWidth: width, sourceHeight: height };
  if (width * height > maxPixels) throw new CodecError('TooManyPixelsError', 'too many pixels', size);
  const pixels = rgba(bytes);
  return createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height));
}

function rgba(bytes) {
  try {
    const [page] = UTIF.decode(bytes);
    UTIF.decodeImage(bytes, page);
    return UTIF.toRGBA8(page);
  } catch (cause) {
    throw new CodecError('DecodeError', 'its pixels cannot be decoded', { cause });
  }
}
