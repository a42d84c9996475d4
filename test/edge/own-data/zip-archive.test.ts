import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { zipArchive, type ArchiveEntry } from '../../../server/edge/own-data/zip-archive.ts';
import { checkedByPrograms, filesOfZip } from '../../support/zip-files.ts';

const AT = new Date('2026-12-02T03:04:05.000Z');
const file = (name: string, ...content: readonly (string | Uint8Array)[]): ArchiveEntry => ({
  name,
  compress: true,
  content: () => content,
});
const archive = (entries: Iterable<ArchiveEntry>): Promise<Buffer> => buffer(zipArchive(entries, AT));

test('an archive holds what its entries gave, under their names, for any reader', async (t: TestContext) => {
  const entries = [
    file('empty.txt'),
    file('folder/grüße-日本.txt', 'a', '', Buffer.from([0, 255]), 'ende'),
    { ...file('stored.bin', Buffer.alloc(100_000, 7)), compress: false },
    file('long.txt', ...Array.from({ length: 500 }, (_, n) => `line ${String(n)}\n`.repeat(50))),
  ];
  const bytes = await archive(entries);
  const files = await filesOfZip(bytes);
  assert.deepEqual(
    [...files.keys()],
    entries.map(({ name }) => name),
  );
  for (const { name, content } of entries) {
    const parts = [...(content() as Iterable<string | Uint8Array>)].map((part) => Buffer.from(part));
    assert.deepEqual(files.get(name), Buffer.concat(parts), name);
  }
  t.diagnostic(`checked by ${checkedByPrograms(t, bytes) ?? 'no other program'}`);
  assert.deepEqual(await archive(entries), bytes, 'the same entries and time give the same bytes');
});

test('any entries come back', async () => {
  const name = fc.stringMatching(/^[a-z0-9é日_-]{1,20}$/);
  const entry = fc.tuple(name, fc.boolean(), fc.array(fc.uint8Array({ maxLength: 300 })));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(entry, { selector: ([each]) => each }), async (drawn) => {
      const bytes = await archive(
        drawn.map(([each, compress, parts]) => ({ ...file(each, ...parts), compress })),
      );
      const files = await filesOfZip(bytes);
      const wanted = drawn.map(([each, , parts]): [string, Buffer] => [each, Buffer.concat(parts)]);
      assert.deepEqual([...files], wanted);
    }),
    { numRuns: 50 },
  );
});

test('an entry is asked for when those before it are read, and a few pieces of it at a time', async () => {
  const told: string[] = [];
  const noted = (name: string, pieces: number): ArchiveEntry => ({
    name,
    compress: false,
    *content() {
      for (let i = 0; i < pieces; i += 1) {
        told.push(`${name} ${String(i)}`);
        yield Buffer.alloc(1 << 20);
      }
      told.push(`${name} end`);
    },
  });
  function* entries(): Generator<ArchiveEntry> {
    yield noted('a', 20);
    told.push('a is read');
    yield noted('b', 1);
  }
  const reading = zipArchive(entries(), AT);
  await reading.next();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(told.length <= 8, `read ahead without a reader: ${told.join(', ')}`);
  for await (const chunk of reading) assert.ok(chunk.length > 0);
  assert.ok(told.indexOf('a end') < told.indexOf('a is read'));
  assert.ok(told.indexOf('a is read') < told.indexOf('b 0'));
});

test('an entry that fails makes the archive fail, and what there is of it is no archive', async () => {
  const broken: ArchiveEntry = {
    ...file('broken.txt'),
    *content() {
      yield 'some of it';
      throw new Error('the store is gone');
    },
  };
  const chunks: Uint8Array[] = [];
  await assert.rejects(async () => {
    for await (const chunk of zipArchive([file('whole.txt', 'whole'), broken, file('later.txt')], AT))
      chunks.push(chunk);
  }, /the store is gone/);
  await assert.rejects(filesOfZip(Buffer.concat(chunks)));
});

test('a reader that goes leaves nothing running', async () => {
  let isClosed = false;
  const endless: ArchiveEntry = {
    ...{ name: 'endless.txt', compress: false },
    *content() {
      try {
        for (;;) yield Buffer.alloc(1 << 16);
      } finally {
        isClosed = true;
      }
    },
  };
  let further = 0;
  function* entries(): Generator<ArchiveEntry> {
    yield endless;
    further += 1;
  }
  // The first chunk is a head, before anything of the entry was asked for.
  for await (const chunk of zipArchive(entries(), AT)) if (chunk.length > 10_000) break;
  assert.ok(isClosed);
  assert.equal(further, 0);
});
