// The segments of a JPEG file: size and EXIF, and taking metadata out without touching a pixel.

import { readExif } from './exif.js';
import { DamagedError, text } from './pieces.js';

const EXIF = 'Exif\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const COLOUR_PROFILE = 'ICC_PROFILE\0';
/** Bytes read at a time on the way to the end of the pixels. */
const CHUNK = 1024 * 1024;

/**
 * @typedef {object} Layout Where the parts of a file stand, as [start, end] in bytes.
 * @property {[number, number][]} needed What the pixels need: tables, size, colour profile.
 * @property {number} scan The pixels begin here.
 */

/** Walks through the segments before the pixels. */
export async function inspectJpeg(pieces) {
  const found = { width: 0, height: 0, orientation: 1, hasLocation: false };
  const layout = { needed: [], scan: 0 };
  let start = 2;
  for (;;) {
    const head = await pieces.at(start, 4);
    if (head.getUint8(0) !== 0xff) throw new DamagedError('a segment does not begin where it should');
    const marker = head.getUint8(1);
    if (marker === 0xff) {
      // A fill byte.
      start += 1;
    } else if (marker === 0xda) {
      layout.scan = start;
      return { ...found, layout };
    } else {
      const end = start + 2 + Math.max(2, head.getUint16(2));
      if (await readSegment(pieces, marker, start + 4, end, found)) layout.needed.push([start, end]);
      start = end;
    }
  }
}

/** Notes what a segment tells. Gives whether the pixels need it. */
async function readSegment(pieces, marker, start, end, found) {
  if (isFrame(marker)) {
    const frame = await pieces.at(start, 5);
    Object.assign(found, { height: frame.getUint16(1), width: frame.getUint16(3) });
    return true;
  }
  if (marker === 0xe1) {
    await readApplication(await pieces.upTo(start, end - start), found);
    return false;
  }
  if (marker === 0xe2) {
    const name = await pieces.upTo(start, Math.min(end - start, COLOUR_PROFILE.length));
    return text(name) === COLOUR_PROFILE;
  }
  // JFIF and Adobe say how colours are stored; the other applications' segments and comments say nothing of it.
  const isMetadata = (marker >= 0xe3 && marker <= 0xef && marker !== 0xee) || marker === 0xfe;
  return !isMetadata;
}

const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

async function readApplication(content, found) {
  if (text(content, 0, Math.min(EXIF.length, content.byteLength)) === EXIF) {
    const { orientation, hasLocation } = readExif(content, EXIF.length);
    found.orientation = orientation;
    found.hasLocation ||= hasLocation;
  } else if (text(content, 0, Math.min(XMP.length, content.byteLength)) === XMP) {
    const packet = new TextDecoder('latin1').decode(content);
    found.hasLocation ||= packet.includes('GPSLatitude');
  }
}

/**
 * The same picture without EXIF, XMP, comments, and without what phones append behind it (videos, depth maps).
 *
 * @param {Blob} file
 * @param {Layout} layout
 */
export async function withoutMetadata(file, { needed, scan }) {
  const parts = [[0, 2], ...needed, [scan, await endOfPixels(file, scan)]];
  return new Blob(parts.map(([start, end]) => file.slice(start, end)), { type: 'image/jpeg' });
}

async function endOfPixels(file, scan) {
  const find = endFinder();
  for (let start = scan; start < file.size; start += CHUNK) {
    const within = find(new Uint8Array(await file.slice(start, start + CHUNK).arrayBuffer()));
    if (within) return start + within;
  }
  return file.size;
}

/**
 * Looks for the end marker. The tables between the scans of a progressive file may hold its bytes by chance, so they are
 * skipped by their length.
 *
 * @returns {(chunk: Uint8Array) => number | undefined} Takes chunks that follow each other; gives the position behind
 *   the marker in the chunk that has it.
 */
export function endFinder() {
  let state = 'pixels';
  let length = 0;
  return (chunk) => {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (state === 'pixels') {
        if (byte === 0xff) state = 'marker';
      } else if (state === 'marker') {
        if (byte === 0xd9) return index + 1;
        if (byte === 0 || (byte >= 0xd0 && byte <= 0xd7)) state = 'pixels';
        else if (byte !== 0xff) state = 'length';
      } else if (state === 'length') {
        length = byte << 8;
        state = 'length, second byte';
      } else if (state === 'length, second byte') {
        // The length counts its own two bytes.
        length = Math.max(0, length + byte - 2);
        state = length > 0 ? 'table' : 'pixels';
      } else {
        length -= 1;
        if (length === 0) state = 'pixels';
      }
    }
    return undefined;
  };
}
