// HEIC, for browsers that do not read it (all but Safari). libheif turns and mirrors by itself.
// Bundled with its library by `cargo xtask`; unbundled, the import fails and HEIC counts as not readable here.

import libheif from 'libheif-js/libheif-wasm/libheif-bundle.mjs';

import { CodecError } from '../picture-codec.js';

let library;

/** @returns {Promise<ImageBitmap>} The main picture of the file, upright. */
export async function decode({ file, maxPixels }) {
  library ??= await libheif();
  const images = new library.HeifDecoder().decode(new Uint8Array(await file.arrayBuffer()));
  try {
    const image = images.find((image) => image.is_primary()) ?? images[0];
    if (!image) throw new CodecError('DecodeError', 'no picture in it');
    const [width, height] = [image.get_width(), image.get_height()];
    const size = { sourceWidth: width, sourceHeight: height };
    if (width * height > maxPixels) throw new CodecError('TooManyPixelsError', 'too many pixels', size);
    return await createImageBitmap(await display(image, width, height));
  } finally {
    for (const image of images) image.free();
  }
}

function display(image, width, height) {
  return new Promise((resolve, reject) => {
    image.display(new ImageData(width, height), (pixels) => {
      if (pixels) resolve(pixels);
      else reject(new CodecError('DecodeError', 'libheif cannot decode it'));
    });
  });
}
