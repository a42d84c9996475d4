import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonPieces } from '../../../server/transfer/chats/json-pieces.ts';

const MIB = 1024 * 1024;
const pieces = (depth = 2): JsonPieces =>
  new JsonPieces(['$.a.*', '$.b'], (key) => (key === 'a' ? depth : Infinity));

test('pieces are what JSON.parse finds there, however the text is divided', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 4 })),
      fc.jsonValue({ maxDepth: 2 }),
      fc.integer({ min: 1, max: 50 }),
      (a, b, size) => {
        const bytes = Buffer.from(JSON.stringify({ x: b, a, b }));
        const cut = pieces();
        const found = [];
        for (let at = 0; at < bytes.length; at += size)
          found.push(...cut.write(bytes.subarray(at, at + size)));
        cut.end();
        const expected = [...a.map((value, at) => ({ path: ['a', at], value })), { path: ['b'], value: b }];
        assert.equal(JSON.stringify(found), JSON.stringify(expected));
      },
    ),
  );
});

test('half of a surrogate pair arrives as it stands', () => {
  assert.deepEqual(pieces().write(Buffer.from(String.raw`{"b":"\ud83d"}`)), [
    { path: ['b'], value: '\ud83d' },
  ]);
});

test('what would fill the memory is refused: deep nesting, a long text, a long piece', () => {
  const feed = (start: string, chunk: string, depth?: number): number => {
    const cut = pieces(depth);
    cut.write(Buffer.from(start));
    const bytes = Buffer.from(chunk);
    let written = 0;
    for (; ; written += bytes.length) {
      assert.ok(written < 40 * MIB, 'it was taken');
      try {
        cut.write(bytes);
      } catch (error) {
        assert.match((error as Error).message, /too (long|deeply)/);
        return written;
      }
    }
  };
  assert.equal(feed('{"x":', '['.repeat(1_000)), 0);
  assert.ok(feed('{"x":"', 'y'.repeat(MIB)) < 20 * MIB);
  assert.ok(feed('{"a":[{', `"${'k'.repeat(MIB)}":1,`) < 20 * MIB);
});

test('what is no piece may be of any length, and there may be any number of pieces', () => {
  const cut = pieces();
  const chunk = Buffer.from(`,{"y":"${'z'.repeat(1_000)}"}`.repeat(1_000));
  cut.write(Buffer.from('{"x":{"list":[0'));
  for (let n = 0; n < 20; n += 1) assert.deepEqual(cut.write(chunk), []);
  cut.write(Buffer.from(']},"a":[1,2'));
  for (let n = 0; n < 20; n += 1) assert.ok(cut.write(chunk).length >= 1_000);
  cut.write(Buffer.from(']}'));
  cut.end();
});
