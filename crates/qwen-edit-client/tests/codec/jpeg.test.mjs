// Taking metadata out of a JPEG without touching a pixel.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inspect } from '../../js/inspect.js';
import { endFinder, withoutMetadata } from '../../js/jpeg.js';
import { bytes, exif, jpeg, segment } from './files.mjs';

const profile = segment(0xe2, bytes('ICC_PROFILE\0', 1, 1, 'sRGB'));
const metadata = [
  segment(0xe1, bytes('Exif\0\0', exif({ place: [2, 4] }))),
  segment(0xe2, bytes('MPF\0......')),
  segment(0xed, bytes('Photoshop 3.0\0')),
  segment(0xfe, bytes('a comment')),
];

test('what the pixels need stays, the rest goes, and so does what is appended', async () => {
  const file = new Blob([jpeg(640, 427, [profile, ...metadata]), 'a video']);
  const clean = await withoutMetadata(file, (await inspect(file)).layout);
  assert.deepEqual(new Uint8Array(await clean.arrayBuffer()), jpeg(640, 427, [profile]));
  assert.equal(clean.type, 'image/jpeg');
});

test('the end is found however the file is read', () => {
  // A table between two scans holds the bytes of the end marker by chance.
  const scans = bytes(
    segment(0xda, [1, 2]), [7, 0xff, 0, 0xff, 0xd3, 8],
    segment(0xc4, [0xff, 0xd9, 0xff]), segment(0xda, []), [9, 0xff, 0xff, 0xd9],
  );
  const file = bytes(scans, 'a video\xff\xd9');
  for (let size = 1; size <= file.length; size += 1) {
    const find = endFinder();
    let found;
    for (let start = 0; start < file.length && found === undefined; start += size) {
      const within = find(file.subarray(start, start + size));
      if (within !== undefined) found = start + within;
    }
    assert.equal(found, scans.length, `chunks of ${size}`);
  }
});
