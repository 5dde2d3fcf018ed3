// Headers of the formats that are made of chunks or have a fixed place for everything. JPEG has jpeg.js.

import { readExif } from './exif.js';
import { DamagedError, text } from './pieces.js';

/** Chunks looked at on the way to EXIF. It stands before the pixels of a PNG; a still WebP has a dozen at most. */
const MOST_CHUNKS = 32;
/** EXIF that is longer is not read; a JPEG could not hold it either. */
const LONGEST_EXIF = 64 * 1024;

export async function inspectPng(pieces) {
  const size = await pieces.at(16, 8);
  const head = (view) => ({ length: view.getUint32(0), name: text(view, 4, 4), trailer: 4 });
  const exif = await findExif(pieces, 8, 'eXIf', 'IDAT', head);
  return { width: size.getUint32(0), height: size.getUint32(4), ...exif };
}

export async function inspectWebp(pieces) {
  const first = text(await pieces.at(12, 4));
  const view = await pieces.at(20, 10);
  const head = (view) => {
    const length = view.getUint32(4, true);
    // Filled up to an even length.
    return { length, name: text(view, 0, 4), trailer: length % 2 };
  };
  const exif = await findExif(pieces, 12, 'EXIF', undefined, head);
  return { ...webpSize(first, view), ...exif };
}

function webpSize(kind, view) {
  const low = (offset, bits) => view.getUint32(offset, true) & (2 ** bits - 1);
  switch (kind) {
    case 'VP8X': return { width: low(4, 24) + 1, height: (view.getUint32(6, true) >>> 8) + 1 };
    case 'VP8L': return { width: low(1, 14) + 1, height: ((view.getUint32(1, true) >>> 14) & 0x3fff) + 1 };
    case 'VP8 ': return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
    default: throw new DamagedError('an unknown kind of WebP');
  }
}

/** EXIF in a file made of chunks; `last` ends the search. */
async function findExif(pieces, start, name, last, read) {
  for (let count = 0; count < MOST_CHUNKS; count += 1) {
    const view = await pieces.upTo(start, 8);
    if (view.byteLength < 8) break;
    const chunk = read(view);
    if (chunk.name === last) break;
    if (chunk.name === name && chunk.length <= LONGEST_EXIF) {
      const content = await pieces.upTo(start + 8, chunk.length);
      return readExif(content, text(content, 0, Math.min(6, content.byteLength)) === 'Exif\0\0' ? 6 : 0);
    }
    start += 8 + chunk.length + chunk.trailer;
  }
  return { orientation: 1, hasLocation: false };
}

const UPRIGHT = { orientation: 1, hasLocation: false };

export async function inspectGif(pieces) {
  const size = await pieces.at(6, 4);
  return { width: size.getUint16(0, true), height: size.getUint16(2, true), ...UPRIGHT };
}

export async function inspectBmp(pieces) {
  const header = await pieces.at(14, 12);
  if (header.getUint32(0, true) === 12) {
    return { width: header.getUint16(4, true), height: header.getUint16(6, true), ...UPRIGHT };
  }
  // A negative height means "stored from the top down".
  return { width: header.getInt32(4, true), height: Math.abs(header.getInt32(8, true)), ...UPRIGHT };
}

/** Width, height and the tags of EXIF, all in its first directory. */
export async function inspectTiff(pieces) {
  const start = await pieces.at(0, 16);
  const little = start.getUint16(0) === 0x4949;
  if (start.getUint16(2, little) === 43) return inspectBigTiff(pieces, start, little);
  const offset = start.getUint32(4, little);
  const count = (await pieces.at(offset, 2)).getUint16(0, little);
  const entries = await pieces.at(offset + 2, count * 12);
  const found = { ...UPRIGHT };
  for (let at = 0; at < entries.byteLength; at += 12) {
    const short = entries.getUint16(at + 2, little) === 3;
    const value = short ? entries.getUint16(at + 8, little) : entries.getUint32(at + 8, little);
    note(found, entries.getUint16(at, little), value);
  }
  return found;
}

async function inspectBigTiff(pieces, start, little) {
  const offset = Number(start.getBigUint64(8, little));
  const count = Number((await pieces.at(offset, 8)).getBigUint64(0, little));
  if (count > 4096) throw new DamagedError('too many entries');
  const entries = await pieces.at(offset + 8, count * 20);
  const found = { ...UPRIGHT };
  for (let at = 0; at < entries.byteLength; at += 20) {
    const short = entries.getUint16(at + 2, little) === 3;
    const value = short ? entries.getUint16(at + 12, little) : entries.getUint32(at + 12, little);
    note(found, entries.getUint16(at, little), value);
  }
  return found;
}

function note(found, tag, value) {
  if (tag === 0x100) found.width = value;
  if (tag === 0x101) found.height = value;
  if (tag === 0x112 && value >= 1 && value <= 8) found.orientation = value;
  // A directory with a place. Scanners write none, so it is not looked into.
  if (tag === 0x8825) found.hasLocation = true;
}
