// What a file is and what its header tells, judged by its bytes: names and extensions lie.

import { inspectBmp, inspectGif, inspectPng, inspectTiff, inspectWebp } from './headers.js';
import { inspectJpeg } from './jpeg.js';
import { DamagedError, Pieces, text } from './pieces.js';

/**
 * @typedef {object} Inspection
 * @property {'png' | 'jpeg' | 'webp' | 'gif' | 'bmp' | 'tiff' | 'avif' | 'heic' | 'svg' | 'other' | 'unknown'} format
 *   `other`: people take it for a picture, but it cannot be used; `called` is its usual name.
 * @property {string} [called]
 * @property {number} [width] As stored, in pixels; absent where only decoding tells.
 * @property {number} [height]
 * @property {number} [orientation] As in EXIF: 1 (upright) to 8.
 * @property {boolean} [hasLocation] Whether it tells where it was taken.
 * @property {import('./jpeg.js').Layout} [layout] Of a JPEG.
 */

/** Bytes that tell what a file is. Drawings may begin with long comments. */
const HEAD = 32 * 1024;

const HEADERS = {
  png: inspectPng,
  jpeg: inspectJpeg,
  webp: inspectWebp,
  gif: inspectGif,
  bmp: inspectBmp,
  tiff: inspectTiff,
};

/**
 * Reads the header of a file.
 *
 * @param {Blob} file
 * @returns {Promise<Inspection>}
 * @throws {DamagedError} With `format`, when it is a picture whose header makes no sense.
 * @throws {DOMException} When the browser cannot read the file.
 */
export async function inspect(file) {
  const pieces = new Pieces(file);
  const found = formatOf(await pieces.upTo(0, HEAD));
  const read = HEADERS[found.format];
  if (!read) return found;
  try {
    const header = await read(pieces);
    if (header.width > 0 && header.height > 0) return { ...found, ...header };
    throw new DamagedError('it has no size');
  } catch (error) {
    if (error instanceof DamagedError) error.format = found.format;
    throw error;
  }
}

/** Recognises a format by the first bytes. */
export function formatOf(head) {
  const bytes = text(head, 0, Math.min(head.byteLength, 16));
  const is = (pattern) => new RegExp(`^${pattern}`, 's').test(bytes);
  if (is('\x89PNG\r\n\x1a\n')) return { format: 'png' };
  if (is('\xff\xd8\xff')) return { format: 'jpeg' };
  if (is('GIF8[79]a')) return { format: 'gif' };
  if (is('RIFF....WEBP')) return { format: 'webp' };
  // Raw photos of Canon cameras are TIFF inside, but no TIFF reader shows them as the photo they are.
  if (is('II\\*\0....CR')) return other('camera raw');
  if (is('II[*+]\0') || is('MM\0[*+]')) return { format: 'tiff' };
  // Stricter than two letters, with which many a text begins.
  if (is('BM') && head.byteLength > 18 && isBitmapHeader(head.getUint32(14, true))) return { format: 'bmp' };
  if (is('....ftyp')) return isoMedia(head);
  if (is('\xff\x0a') || is('\0\0\0\x0cJXL ')) return other('JPEG XL');
  if (is('\0\0\0\x0cjP  ')) return other('JPEG 2000');
  if (is('8BPS')) return other('Photoshop');
  if (is('%PDF')) return other('PDF');
  if (is('\0\0\x01\0')) return other('icon');
  return { format: isSvg(text(head)) ? 'svg' : 'unknown' };
}

const other = (called) => ({ format: 'other', called });

/** The header lengths that exist, from OS/2 1.x to BITMAPV5HEADER. */
const isBitmapHeader = (length) => [12, 16, 40, 52, 56, 64, 108, 124].includes(length);

/** HEIC, AVIF and videos share one container and differ in their list of brands: major, version, compatible... */
function isoMedia(head) {
  // The list ends with its box; the first eight are enough, and reading on would find brands in pixels.
  const brands = text(head, 8, Math.min(head.byteLength, 40) - 8).match(/.{4}/gs) ?? [];
  const [major] = brands;
  // These only say "some still or sequence in this container"; the compatible brands say which.
  const isGeneric = /^(mif1|msf1|miaf)/.test(major);
  const brand = (isGeneric ? brands.slice(1) : [major]).find((brand) => STILLS.test(brand ?? ''));
  if (/^avi/.test(brand)) return { format: 'avif' };
  if (/^crx /.test(brand)) return other('camera raw');
  return brand || isGeneric ? { format: 'heic' } : other('video');
}

const STILLS = /^(avi[fs]|hei[cxms]|hev[cxms]|crx )$/;

function isSvg(head) {
  const start = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  return start.startsWith('<') && /<svg[\s>/]/i.test(start) && !/<html/i.test(start);
}
