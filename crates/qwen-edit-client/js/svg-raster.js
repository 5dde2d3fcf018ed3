// Drawings have no pixels: the browser draws them as large as they are wanted. Needs a document, so not in workers.

import { CodecError } from './picture-codec.js';

/** Pixels in a unit of length, as CSS counts. */
const UNITS = { '': 1, px: 1, pt: 4 / 3, pc: 16, mm: 96 / 25.4, cm: 96 / 2.54, in: 96 };

/** @returns {Promise<ImageBitmap>} With a long side of `job.maxSide` px. */
export async function rasterize(file, { maxSide }) {
  if (typeof document === 'undefined') {
    throw new CodecError('NoDecoderError', 'SVG can only be drawn in a window, not in a worker');
  }
  const drawing = parse(await file.text());
  if (drawing.localName !== 'svg') throw new CodecError('DecodeError', 'not an SVG document');
  const [width, height] = proportions(drawing);
  const scale = maxSide / Math.max(width, height);
  drawing.setAttribute('width', Math.max(1, Math.round(width * scale)));
  drawing.setAttribute('height', Math.max(1, Math.round(height * scale)));
  if (!drawing.hasAttribute('viewBox')) drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
  return draw(new XMLSerializer().serializeToString(drawing));
}

function parse(markup) {
  try {
    return new DOMParser().parseFromString(markup, 'image/svg+xml').documentElement;
  } catch (cause) {
    // Pages may forbid parsing what they did not write (Trusted Types).
    throw new CodecError('NoDecoderError', 'this page may not parse SVG', { cause });
  }
}

function proportions(drawing) {
  const [width, height] = ['width', 'height'].map((name) => length(drawing.getAttribute(name)));
  if (width > 0 && height > 0) return [width, height];
  const box = (drawing.getAttribute('viewBox') ?? '').trim().split(/[\s,]+/).map(Number);
  // What a browser assumes of a drawing that says nothing is 300 × 150.
  return box.length === 4 && box[2] > 0 && box[3] > 0 ? [box[2], box[3]] : [300, 150];
}

/** In pixels; NaN for what depends on the surroundings, such as `100%`. */
function length(text) {
  const [, number, unit] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*([a-z%]*)\s*$/i.exec(text ?? '') ?? [];
  return Number(number) * (UNITS[unit?.toLowerCase()] ?? NaN);
}

async function draw(markup) {
  const link = URL.createObjectURL(new Blob([markup], { type: 'image/svg+xml' }));
  try {
    // As a picture: scripts do not run, and nothing is loaded from elsewhere.
    const image = new Image();
    image.src = link;
    await image.decode();
    return await createImageBitmap(image);
  } catch (cause) {
    throw new CodecError('DecodeError', 'the browser cannot draw it', { cause });
  } finally {
    URL.revokeObjectURL(link);
  }
}
