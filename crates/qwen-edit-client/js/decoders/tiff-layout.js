// What the library would read without complaint and get wrong: it logs, and gives black or scrambled pixels.

import { CodecError } from '../picture-codec.js';

const WIDTH = 256;
const HEIGHT = 257;
const BITS = 258;
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const SAMPLES = 277;
const PLANAR = 284;
/** Where the pixels stand and how many bytes: in strips, or in tiles. */
const PLACES = [[273, 279], [324, 325]];

/** None, CCITT (three kinds), LZW, JPEG (two kinds), Deflate (two kinds), PackBits. */
const COMPRESSIONS = [1, 2, 3, 4, 5, 6, 7, 8, 32946, 32773];
/** Bits per sample by kind of colour: white or black is zero, RGB, palette, CMYK, YCbCr. */
const DEPTHS = { 0: [1, 8, 16], 1: [1, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 5: [8], 6: [8] };
/** More entries than any directory has. */
const MOST_ENTRIES = 512;
/** Bytes of one value, by its type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/**
 * Checks that the library reads the first page, and cuts the chain of pages behind it: one that leads back to itself
 * would never end.
 *
 * @param {ArrayBuffer} bytes The whole file; changed.
 * @returns {{width: number, height: number}}
 * @throws {CodecError} `DecodeError` for a damaged file, `NoDecoderError` for what the library cannot do.
 */
export function checkLayout(bytes) {
  try {
    return check(new DataView(bytes));
  } catch (error) {
    if (error instanceof RangeError) throw new CodecError('DecodeError', 'its directory makes no sense');
    throw error;
  }
}

function check(file) {
  const little = file.getUint16(0) === 0x4949;
  if (file.getUint16(2, little) !== 42) throw cannot('BigTIFF');
  const first = file.getUint32(4, little);
  const count = file.getUint16(first, little);
  if (count > MOST_ENTRIES) throw new CodecError('DecodeError', 'its directory has too many entries');
  const page = readEntries(file, first + 2, count, little);
  file.setUint32(first + 2 + count * 12, 0);

  const one = (tag, usual) => page.get(tag)?.[0] ?? usual;
  const depth = one(BITS, 1);
  if (!COMPRESSIONS.includes(one(COMPRESSION, 1))) throw cannot('this compression');
  if (!DEPTHS[one(PHOTOMETRIC, -1)]?.includes(depth)) throw cannot('this kind of colour');
  if (one(PLANAR, 1) === 2 && one(SAMPLES, 1) > 1) throw cannot('colours stored apart');
  checkPlaces(page, file.byteLength);
  const [width, height] = [one(WIDTH, 0), one(HEIGHT, 0)];
  if (!(width > 0 && height > 0)) throw new CodecError('DecodeError', 'it has no size');
  return { width, height };
}

function readEntries(file, start, count, little) {
  const page = new Map();
  for (let at = start; at < start + count * 12; at += 12) {
    const [type, length] = [file.getUint16(at + 2, little), file.getUint32(at + 4, little)];
    const bytes = (SIZES[type] ?? 1) * length;
    const values = bytes > 4 ? file.getUint32(at + 8, little) : at + 8;
    if (values + bytes > file.byteLength) throw new CodecError('DecodeError', 'it ends inside its directory');
    const tag = file.getUint16(at, little);
    if (type === 3) page.set(tag, Array.from({ length }, (_, index) => file.getUint16(values + index * 2, little)));
    if (type === 4) page.set(tag, Array.from({ length }, (_, index) => file.getUint32(values + index * 4, little)));
  }
  return page;
}

function checkPlaces(page, end) {
  for (const [offsets, counts] of PLACES) {
    const ends = (page.get(offsets) ?? []).map((offset, index) => offset + (page.get(counts)?.[index] ?? 0));
    if (ends.some((place) => place > end)) throw new CodecError('DecodeError', 'its pixels end too early');
  }
}

const cannot = (what) => new CodecError('NoDecoderError', `the decoder of TIFF cannot do ${what}`);
