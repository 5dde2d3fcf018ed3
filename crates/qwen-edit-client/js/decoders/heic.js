// HEIC, for browsers that do not read it (all but Safari). libheif turns and mirrors by itself.
// Bundled with its library by `cargo xtask`; unbundled, the import fails and HEIC counts as not readable here.

import libheif from 'libheif-js/libheif-wasm/libheif-bundle.mjs';

import { CodecError } from '../picture-codec.js';

/** Bytes in which a file says what its colours are. */
const HEAD = 64 * 1024;
/** "Display P3", the colours of iPhones: as a number of ITU-T H.273, or by name in a profile (there in UTF-16). */
const DISPLAY_P3 = /colrnclx\0\x0c|colr(?:prof|rICC)[^]*(?:Display P3|D\0i\0s\0p\0l\0a\0y\0 \0P\x003)/;

/** One for all files: it frees what it decoded when it decodes again. */
let decoder;

/** @returns {Promise<ImageBitmap>} The main picture of the file, upright. */
export async function decode({ file, maxPixels }) {
  decoder ??= new (await libheif()).HeifDecoder();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const images = decoder.decode(bytes);
  try {
    const image = images.find((image) => image.is_primary()) ?? images[0];
    if (!image) throw new CodecError('DecodeError', 'no picture in it');
    const [width, height] = [image.get_width(), image.get_height()];
    const size = { sourceWidth: width, sourceHeight: height };
    if (width * height > maxPixels) throw new CodecError('TooManyPixelsError', 'too many pixels', size);
    return await createImageBitmap(await display(image, width, height, colorSpaceOf(bytes)));
  } finally {
    for (const image of images) image.free();
  }
}

/** Other profiles than these two count as sRGB. */
function colorSpaceOf(bytes) {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, HEAD));
  return DISPLAY_P3.test(head) ? 'display-p3' : 'srgb';
}

function display(image, width, height, colorSpace) {
  return new Promise((resolve, reject) => {
    image.display(new ImageData(width, height, { colorSpace }), (pixels) => {
      if (pixels) resolve(pixels);
      else reject(new CodecError('DecodeError', 'libheif cannot decode it'));
    });
  });
}
