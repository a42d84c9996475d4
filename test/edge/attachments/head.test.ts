import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  dispositionOf,
  fileNameOf,
  mediaTypeOf,
  nameFault,
} from '../../../server/edge/attachments/attachment-head.ts';
import { byteRangeOf } from '../../../server/edge/attachments/byte-range.ts';

test('[G2] [G5] a name that is taken is given again, in a header of printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      fc.pre(nameFault(name) === null);
      const header = dispositionOf(name);
      assert.match(header, /^[\x20-\x7e]+$/);
      assert.equal(fileNameOf(header), name);
      assert.equal(fileNameOf(`attachment; filename*=UTF-8''${encodeURIComponent(name)}`), name);
    }),
  );
});

test('[G2] no head makes the parser throw anything but a refusal, or take long', () => {
  const pieces = [
    'attachment',
    ';',
    ' ',
    '=',
    '"',
    '\\',
    'filename',
    'filename*',
    "UTF-8''",
    '%41',
    '%ff',
    'a',
    '()',
    '\t',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => {
      const header = parts.join('');
      try {
        assert.equal(nameFault(fileNameOf(header)), null);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'bad_request', header);
      }
    }),
  );
  const startedAt = performance.now();
  for (const long of [
    'attachment; filename=',
    'attachment; filename="',
    'attachment; a',
    "attachment; filename*=UTF-8''",
  ])
    for (const filler of ['a', '(', ' ', '\\a', '%4', '; a=b'])
      assert.throws(() => fileNameOf(`${long}${filler.repeat(5_000)}\0`));
  assert.equal(mediaTypeOf(`a/b${';a=b'.repeat(5_000)}`), 'application/octet-stream');
  assert.ok(performance.now() - startedAt < 1_000);
});

test('[G5] a range is a part of the file, or outside, or as if it were not there', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.option(fc.nat(60)), fc.option(fc.nat(60)), (size, first, last) => {
      const range = byteRangeOf(`bytes=${String(first ?? '')}-${String(last ?? '')}`, size);
      const wanted = Array.from({ length: size }, (_, at) => at).filter((at) =>
        first === null ? at >= size - (last ?? 0) : at >= first && at <= (last ?? size),
      );
      if (first === null && last === null) assert.equal(range, 'whole');
      else if (first !== null && last !== null && last < first) assert.equal(range, 'whole');
      else if (wanted.length === 0) assert.equal(range, 'outside');
      else assert.deepEqual(range, { from: wanted[0], to: (wanted.at(-1) ?? 0) + 1 });
    }),
  );
  for (const header of [
    '',
    'bytes',
    'bytes=',
    'bytes=a-b',
    'bytes=0-1,2-3',
    'items=0-1',
    'bytes=0-1x',
    'bytes=1',
  ])
    assert.equal(byteRangeOf(header, 10), 'whole', header);
});
