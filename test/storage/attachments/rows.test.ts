import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { ChunkStore } from '../../../server/storage/postgres/attachments/chunk-store.ts';
import { freshDatabase, onServer, withoutPostgres } from '../../support/postgres.ts';
import { openOn } from '../postgres/stage.ts';
import { bytesOf, received } from './received.ts';

const skip = withoutPostgres;
const CHUNK = 256 * 1024;

const stage = async (t: TestContext) => {
  const url = await freshDatabase(t);
  const database = openOn(t, url);
  const count = async (table: string): Promise<number> => {
    const [[rows] = []] = (await onServer(url, `SELECT count(*) FROM ${table}`)) as unknown[][];
    return Number(rows);
  };
  return { url, database, count, rows: new ChunkStore(database) };
};

test('[G2] bytes are rows of 256 KiB, and are read from anywhere', { skip }, async (t) => {
  const { rows, count } = await stage(t);
  const bytes = randomBytes(3 * CHUNK + 5);
  const id = randomUUID();
  const upload = await rows.receive(id);
  for (let at = 0; at < bytes.length; at += 100_000) await upload.write(bytes.subarray(at, at + 100_000));
  assert.equal(await count('attachment_uploads'), 1);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  assert.deepEqual(await upload.finish((file) => Promise.resolve(file)), { size: bytes.length, sha256 });
  assert.equal(await count('attachment_chunks'), 4);
  for (const [from, to] of [
    [0, bytes.length],
    [0, 1],
    [CHUNK - 1, CHUNK + 1],
    [CHUNK, 2 * CHUNK],
    [bytes.length - 1, bytes.length],
    [7, 7],
  ] as const)
    assert.deepEqual(await bytesOf(await rows.read({ id }, { from, to })), bytes.subarray(from, to));
  assert.equal(await rows.read({ id: randomUUID() }, { from: 0, to: 1 }), null);
  const pieces = await rows.read({ id }, { from: 0, to: bytes.length + 1 });
  await assert.rejects(bytesOf(pieces), /fewer bytes/);
  const empty = randomUUID();
  assert.equal((await received(rows, empty, new Uint8Array())).size, 0);
  assert.deepEqual(await bytesOf(await rows.read({ id: empty }, { from: 0, to: 0 })), Buffer.alloc(0));
});

test(
  '[G2] what is broken off leaves nothing, unless its record may have been stored',
  { skip },
  async (t) => {
    const { rows, count } = await stage(t);
    const first = await rows.receive(randomUUID());
    await first.write(randomBytes(CHUNK + 1));
    await first.abort();
    assert.deepEqual([await count('attachment_uploads'), await count('attachment_chunks')], [0, 0]);
    const second = await rows.receive(randomUUID());
    await second.write(randomBytes(CHUNK + 1));
    await assert.rejects(second.finish(() => Promise.reject(new Error('nobody knows'))));
    await second.abort();
    assert.deepEqual([await count('attachment_uploads'), await count('attachment_chunks')], [1, 2]);
  },
);

test(
  '[G7] a sweep removes uploads of which nothing was heard for a day, and no others',
  { skip },
  async (t) => {
    const { rows, count, url } = await stage(t);
    const uploads = Array.from({ length: 22 }, () => randomUUID());
    for (const id of uploads) await (await rows.receive(id)).write(randomBytes(CHUNK));
    assert.equal(await rows.sweep(), 0);
    await onServer(
      url,
      `SET default_transaction_read_only = off; UPDATE attachment_uploads SET started_at = started_at - 86400001 WHERE id <> '${uploads[3] ?? ''}'`,
    );
    assert.equal(await rows.sweep(), 21);
    assert.deepEqual([await count('attachment_uploads'), await count('attachment_chunks')], [1, 1]);
  },
);

test('[G8] a client that reads slowly keeps no connection to the database', { skip }, async (t) => {
  const { rows, database } = await stage(t);
  const id = randomUUID();
  await received(rows, id, randomBytes(2 * CHUNK));
  const readers = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const pieces = await rows.read({ id }, { from: 0, to: 2 * CHUNK });
      const reader = pieces?.[Symbol.asyncIterator]();
      await reader?.next();
      return reader;
    }),
  );
  assert.equal(database.stats.busy, 0);
  for (const each of readers) await each?.return?.();
});

test('[G2] a database that is away is said as such', { skip }, async (t) => {
  const { rows, database } = await stage(t);
  const upload = await rows.receive(randomUUID());
  await database.close();
  await assert.rejects(upload.write(randomBytes(CHUNK)), { code: 'unavailable' });
  await upload.abort();
  await assert.rejects(rows.read({ id: randomUUID() }, { from: 0, to: 1 }), { code: 'unavailable' });
});
