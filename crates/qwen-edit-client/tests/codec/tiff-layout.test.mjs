// Which TIFFs are left to the library, and which it would get wrong.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { checkLayout } from '../../js/decoders/tiff-layout.js';
import { tiff } from './files.mjs';

/** 8 × 4 pixels of grey, uncompressed, the pixels between header and directory; `changed` tags replace these. */
function grey(changed = {}) {
  const tags = { 256: 8, 257: 4, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 279: 32, ...changed };
  return tiff({ pixels: 32, entries: Object.entries(tags).map(([tag, value]) => [Number(tag), value]) });
}

const check = (file) => checkLayout(file.buffer);

test('a real file and a plain one are left to the library', async () => {
  const file = await readFile(new URL('../../../../tests/pictures/lzw.tiff', import.meta.url));
  assert.deepEqual(checkLayout(new Uint8Array(file).buffer), { width: 600, height: 400 });
  assert.deepEqual(check(grey()), { width: 8, height: 4 });
});

test('what the library would turn into black or scrambled pixels is not left to it', () => {
  const changes = [
    { 259: 50000 }, // Zstandard
    { 259: 34712 }, // JPEG 2000
    { 262: 8 }, // CIELab
    { 258: 4 },
    { 284: 2, 277: 3 },
  ];
  for (const changed of changes) {
    assert.throws(() => check(grey(changed)), { name: 'NoDecoderError' }, JSON.stringify(changed));
  }
  const big = grey();
  big[2] = 43;
  assert.throws(() => check(big), { name: 'NoDecoderError' });
});

test('pixels that end too early are damaged', () => {
  assert.throws(() => check(grey({ 279: 60_000 })), { name: 'DecodeError' });
});

test('a chain of pages that leads back to itself is cut', () => {
  const file = grey();
  const view = new DataView(file.buffer);
  const first = view.getUint32(4, true);
  const next = first + 2 + view.getUint16(first, true) * 12;
  view.setUint32(next, first, true);
  check(file);
  assert.equal(view.getUint32(next, true), 0);
});

test('any bytes are judged without another error', () => {
  const whole = grey();
  for (let round = 0; round < 2000; round += 1) {
    const file = whole.slice(0, 8 + Math.floor(Math.random() * (whole.length - 8)) + 1);
    for (let change = 0; change < 3; change += 1) file[4 + Math.floor(Math.random() * (file.length - 4))] = Math.random() * 256;
    try {
      check(file);
    } catch (error) {
      assert.match(error.name, /^(DecodeError|NoDecoderError)$/, String(error.stack));
    }
  }
});
