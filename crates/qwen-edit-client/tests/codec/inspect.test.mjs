// What a file is and what its header tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inspect } from '../../js/inspect.js';
import { bmp, bytes, exif, gif, jpeg, le16, le32, png, pngChunk, segment, tiff, webp } from './files.mjs';

const look = (...parts) => inspect(new Blob(parts));
const sizes = [[0x100, 640], [0x101, 427]];

test('every format of the API is recognised with its dimensions', async () => {
  const vp8l = 0x2f + ((640 - 1) | ((427 - 1) << 14)) * 256;
  const files = [
    ['png', png(640, 427)],
    ['jpeg', jpeg(640, 427)],
    ['gif', gif(640, 427)],
    ['webp', webp('VP8 ', bytes(0, 0, 0, 0x9d, 0x01, 0x2a, le16(640), le16(427)))],
    ['webp', webp('VP8L', bytes(0x2f, le32(((vp8l - 0x2f) / 256) >>> 0)))],
    ['webp', webp('VP8X', bytes(0, 0, 0, 0, 0x7f, 0x02, 0, 0xaa, 0x01, 0))],
    ['bmp', bmp(40, bytes(le32(640), le32(427)))],
    ['tiff', tiff({ entries: sizes, pixels: 100 })],
    ['tiff', tiff({ entries: sizes, pixels: 100, big: true })],
  ];
  for (const [format, file] of files) {
    const { format: found, width, height } = await look(file);
    assert.deepEqual([found, width, height], [format, 640, 427]);
  }
});

test('bitmaps stored top down and those of OS/2 have their real size', async () => {
  for (const file of [bmp(40, bytes(le32(640), le32(-427))), bmp(12, bytes(le16(640), le16(427)))]) {
    const { width, height } = await look(file);
    assert.deepEqual([width, height], [640, 427]);
  }
});

test('a photo with megabytes of metadata is read in small pieces', async () => {
  const profiles = Array(40).fill(segment(0xe2, new Uint8Array(0xfffd)));
  const { width } = await look(bytes(0xff, 0xd8), ...profiles, jpeg(4000, 3000).subarray(2));
  assert.equal(width, 4000);
});

test('a directory at the end of the file costs one read more', async () => {
  const small = tiff({ entries: sizes, pixels: 0 });
  small.set(le32(8 + 9_000_000), 4);
  const file = new Blob([small.subarray(0, 8), new Uint8Array(9_000_000), small.subarray(8)]);
  const reads = [];
  const slice = file.slice.bind(file);
  file.slice = (start, end) => {
    reads.push(start);
    return slice(start, end);
  };
  assert.equal((await inspect(file)).width, 640);
  assert.deepEqual(reads, [0, 9_000_008]);
});

test('formats that cannot be used are called by their names', async () => {
  const iso = (brands) => bytes(0, 0, 0, 0x1c, 'ftyp', brands, new Uint8Array(8));
  const files = [
    ['heic', iso('heic\0\0\0\0mif1heic')],
    ['heic', iso('mif1\0\0\0\0mif1heic')],
    ['avif', iso('mif1\0\0\0\0avifmif1')],
    ['avif', iso('avif\0\0\0\0mif1miaf')],
    ['camera raw', iso('crx \0\0\0\x01crx isom')],
    ['video', iso('isom\0\0\x02\0isomiso2avc1mp41')],
    ['camera raw', bytes('II*\0\x10\0\0\0CR\x02\0........')],
    ['Photoshop', bytes('8BPS\0\x01')],
    ['PDF', bytes('%PDF-1.7')],
    ['icon', bytes('\0\0\x01\0\x01\0')],
    ['JPEG XL', bytes('\xff\x0a\xfa\x7f')],
    ['JPEG XL', bytes('\0\0\0\x0cJXL \r\n\x87\n')],
    ['JPEG 2000', bytes('\0\0\0\x0cjP  \r\n\x87\n')],
    ['svg', bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")],
    ['svg', bytes("\xef\xbb\xbf <?xml version='1.0'?>\n<!-- a --><SVG/>")],
  ];
  for (const [name, file] of files) {
    const { format, called } = await look(file);
    assert.equal(called ?? format, name);
  }
});

test('what only looks like a picture is none', async () => {
  const files = [
    'BMW is a maker of cars, and this is a text file about them.',
    'GIF8 is how some texts begin',
    'RIFF\0\0\0\0WAVEfmt ',
    '<!doctype html><html><body><svg></svg></body></html>',
    '\x89PNG\n\x1a\n damaged in transfer',
    'PK\x03\x04 a zip',
    '\0',
    '',
  ];
  for (const file of files) assert.equal((await look(bytes(file))).format, 'unknown', file);
});

test('a header that ends early or makes no sense is damaged, and says of what', async () => {
  const files = [
    ['png', png(640, 427).subarray(0, 20)],
    ['jpeg', jpeg(640, 427).subarray(0, 30)],
    ['gif', gif(640, 427).subarray(0, 9)],
    ['tiff', tiff({ entries: sizes, pixels: 100 }).subarray(0, 120)],
    ['webp', bytes('RIFF\0\0\0\0WEBPVP8')],
    ['png', png(0, 427)],
    ['jpeg', jpeg(640, 0)],
    ['gif', gif(0, 0)],
    ['bmp', bmp(40, new Uint8Array(8))],
  ];
  for (const [format, file] of files) {
    await assert.rejects(look(file), { name: 'DamagedError', format });
  }
});

test('a header that has no end is given up', async () => {
  const segments = Array(1200).fill(segment(0xe2, new Uint8Array(0xfffd)));
  await assert.rejects(look(bytes(0xff, 0xd8), ...segments), { name: 'DamagedError', format: 'jpeg' });
});

test('any bytes are looked at without another error', async () => {
  const starts = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF89a', 'RIFF    WEBP', 'BM', 'II*\0', 'MM\0+', '\0\0\0\x1cftyp'];
  for (let round = 0; round < 400; round += 1) {
    const tail = Array.from({ length: Math.random() * 300 }, () => Math.random() * 256);
    const file = bytes(starts[round % starts.length], tail);
    await look(file).catch((error) => assert.equal(error.name, 'DamagedError', `${error} for ${file}`));
  }
});

test('orientation and place are found wherever a format keeps them', async () => {
  const content = exif({ orientation: 6, place: [1, 2] });
  const files = [
    jpeg(640, 427, [segment(0xe1, bytes('Exif\0\0', content))]),
    png(640, 427, [pngChunk('eXIf', content)]),
    bytes(webp('VP8X', bytes(8, 0, 0, 0, 0x7f, 2, 0, 0xaa, 1, 0)).subarray(0, 30), 'EXIF', le32(content.length), content),
    tiff({ entries: [...sizes, [0x112, 6], [0x8825, 8]] }),
  ];
  for (const file of files) {
    const { orientation, hasLocation } = await look(file);
    assert.deepEqual([orientation, hasLocation], [6, true]);
  }
  const xmp = bytes('http://ns.adobe.com/xap/1.0/\0', "<x exif:GPSLatitude='1'/>");
  assert.equal((await look(jpeg(640, 427, [segment(0xe1, xmp)]))).hasLocation, true);
});

test('a place without coordinates tells none, and nonsense counts as absent', async () => {
  const tagsOf = async (content) => {
    const { orientation, hasLocation } = await look(jpeg(640, 427, [segment(0xe1, bytes('Exif\0\0', content))]));
    return [orientation, hasLocation];
  };
  assert.deepEqual(await tagsOf(exif({ place: [0, 29] })), [1, false]);
  for (const orientation of [0, 9]) assert.deepEqual(await tagsOf(exif({ orientation })), [1, false]);
  assert.deepEqual(await tagsOf(exif({ orientation: 8, big: false })), [8, false]);
  const whole = exif({ orientation: 3, place: [2, 4] });
  for (let length = 0; length < whole.length; length += 1) await tagsOf(whole.subarray(0, length));
});
