import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { UNSENT_ATTACHMENT_KEPT_MS } from '../../../server/protocol/limits.ts';
import type { AttachmentBytes } from '../../../server/storage/attachments/attachment-bytes.ts';
import { uploadId, type ContinuedUpload } from '../../../server/storage/attachments/kept-upload.ts';
import { ChunkStore } from '../../../server/storage/postgres/attachments/chunk-store.ts';
import { AttachmentFiles } from '../../../server/storage/sqlite/attachments/attachment-files.ts';
import { freshDatabase, onServer, withoutPostgres } from '../../support/postgres.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';
import { fileUseOf } from '../attaching.ts';
import { openOn } from '../postgres/stage.ts';
import { openPostgresOn } from '../postgres-on.ts';
import { sqliteStore } from '../sqlite-store.ts';
import { Stage } from '../stage.ts';
import { bytesOf } from './received.ts';

/** A store with bytes, as one host has it. */
interface Scene {
  readonly stage: Stage;
  /** The bytes as a host has them that was just started: nothing of the one before is left but what is stored. */
  readonly started: () => AttachmentBytes;
  /** Lets so many milliseconds go by. */
  readonly wait: (ms: number) => Promise<void>;
}
type Opened<S extends Scene = Scene> = (scope: Scope) => Promise<S>;

const onSqlite = async (scope: Scope): Promise<Scene & { readonly incoming: string }> => {
  const dataDir = tempDir(scope);
  const stage = await Stage.open(scope, (its, clock) => sqliteStore(its, { clock }, dataDir));
  return {
    stage,
    incoming: join(dataDir, 'attachments', 'incoming'),
    started: () => new AttachmentFiles(dataDir, fileUseOf(stage), stage.clock),
    wait(ms) {
      stage.clock.advance(ms);
      return Promise.resolve();
    },
  };
};

const onPostgres = async (scope: Scope): Promise<Scene & { readonly url: string }> => {
  const url = await freshDatabase(scope);
  const stage = await Stage.open(scope, (its, clock) => {
    const store = openPostgresOn(url, clock);
    its.after(() => store.close());
    const none = (): Promise<void> => Promise.resolve();
    return { commit: (batch) => store.commit(batch), queries: store.queries, settle: none, restart: none };
  });
  const change = `SET default_transaction_read_only = off; UPDATE attachment_uploads SET started_at = started_at`;
  return {
    stage,
    url,
    started: () => new ChunkStore(openOn(scope, url)),
    // The clock is the database's.
    wait: async (ms) => {
      await onServer(url, `${change} - ${String(ms)}`);
    },
  };
};

const MIB = 1024 * 1024;
const BYTES = randomBytes(2 * MIB + 12_345);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const KEY = '5a0f1e2d-3c4b-4a59-8877-665544332211';

const head = (userId: string, from: number, name = 'film.mp4'): ContinuedUpload => ({
  ...{ userId, name, from },
  type: 'video/mp4',
});
const receivedOf = async (bytes: AttachmentBytes, id: string): Promise<number | undefined> =>
  (await bytes.kept(id))?.received;

/** Brings the bytes from `from` up to `to`, and breaks off. */
const bring = async (
  bytes: AttachmentBytes,
  userId: string,
  from: number,
  to: number,
  key = KEY,
): Promise<string> => {
  const id = uploadId(userId, key);
  const upload = await bytes.receive(id, BYTES.length, head(userId, from));
  for (let at = from; at < to; at += 100_000)
    await upload.write(BYTES.subarray(at, Math.min(to, at + 100_000)));
  await upload.abort();
  return id;
};

/** Brings the rest, and records it. */
const complete = async ({ stage }: Scene, bytes: AttachmentBytes, userId: string, from: number) => {
  const id = uploadId(userId, KEY);
  const { name, type } = head(userId, from);
  const upload = await bytes.receive(id, BYTES.length, head(userId, from));
  for (let at = from; at < BYTES.length; at += 100_000) await upload.write(BYTES.subarray(at, at + 100_000));
  return await upload.finish(async (file) => {
    const attachment = { id, name, type, ...file };
    const { kind } = await stage.do('addAttachment', { userId, attachment, isKept: true });
    return { ...file, kind };
  });
};

const DONE = { size: BYTES.length, sha256: SHA256, kind: 'added' };

const rules = (open: Opened): void => {
  test('[G9] what came stays to the byte, over breaks and starts, and the whole file has its hash', async (t) => {
    const scene = await open(t);
    const ann = await scene.stage.person('ann');
    const first = scene.started();
    const id = await bring(first, ann, 0, 1_234_567);
    assert.equal(await receivedOf(first, id), 1_234_567);
    await bring(first, ann, 1_234_567, 1_300_000);
    const next = scene.started();
    await next.sweep();
    assert.deepEqual(await next.kept(id), {
      ...{ userId: ann, name: 'film.mp4', type: 'video/mp4', size: BYTES.length, received: 1_300_000 },
      ...(await atOf(next, id)),
    });
    assert.equal(await next.keptOf(ann), 1);
    assert.deepEqual(await complete(scene, next, ann, 1_300_000), DONE);
    assert.deepEqual([await next.kept(id), await next.keptOf(ann)], [null, 0]);
    const stored = { id, sha256: SHA256, size: BYTES.length };
    const read = await bytesOf(await scene.started().read(stored, { from: 0, to: BYTES.length }));
    assert.ok(read?.equals(BYTES));
  });

  test('[G9] a host that is killed loses at most one MiB, and never claims more than it has', async (t) => {
    const scene = await open(t);
    const ann = await scene.stage.person('ann');
    const id = uploadId(ann, KEY);
    const upload = await scene.started().receive(id, BYTES.length, head(ann, 0));
    await upload.write(BYTES.subarray(0, 2 * MIB - 1));
    const next = scene.started();
    const received = (await receivedOf(next, id)) ?? -1;
    assert.ok(received >= MIB - 1 && received < 2 * MIB, String(received));
    assert.deepEqual(await complete(scene, next, ann, received), DONE);
  });

  test('[G9] other bytes than those that follow, and another file, are a conflict that says what is there', async (t) => {
    const { stage, started } = await open(t);
    const ann = await stage.person('ann');
    const bytes = started();
    const id = uploadId(ann, KEY);
    await assert.rejects(bytes.receive(id, BYTES.length, head(ann, 5)), { code: 'conflict', received: 0 });
    await bring(bytes, ann, 0, 300_000);
    const wrong = { code: 'conflict', received: 300_000 };
    for (const from of [0, 1, 299_999, 300_001, BYTES.length])
      await assert.rejects(bytes.receive(id, BYTES.length, head(ann, from)), wrong);
    await assert.rejects(bytes.receive(id, BYTES.length + 1, head(ann, 300_000)), wrong);
    await assert.rejects(bytes.receive(id, BYTES.length, head(ann, 300_000, 'other.mp4')), wrong);
    assert.equal(await receivedOf(bytes, id), 300_000);
  });

  test('[G9] a record that fails costs no byte, and the next one needs none', async (t) => {
    const scene = await open(t);
    const ann = await scene.stage.person('ann');
    const bytes = scene.started();
    const id = uploadId(ann, KEY);
    const upload = await bytes.receive(id, BYTES.length, head(ann, 0));
    await upload.write(BYTES);
    await assert.rejects(upload.finish(() => Promise.reject(new Error('the writer was killed'))));
    await upload.abort();
    const next = scene.started();
    await next.sweep();
    assert.equal(await receivedOf(next, id), BYTES.length);
    assert.deepEqual(await complete(scene, next, ann, BYTES.length), DONE);
    const { attachment, unsent } = await scene.stage.queries.uploaded(ann, id);
    assert.deepEqual([attachment?.sha256, unsent], [SHA256, 1]);
  });

  test('[G9] what is forgotten is gone, and the same key begins anew', async (t) => {
    const scene = await open(t);
    const [ann = '', ben = ''] = await scene.stage.people('ann', 'ben');
    const bytes = scene.started();
    const id = await bring(bytes, ann, 0, 400_000);
    await bring(bytes, ben, 0, 400_000);
    await bytes.forget(id);
    await bytes.forget(id);
    assert.deepEqual([await bytes.kept(id), await bytes.keptOf(ann), await bytes.keptOf(ben)], [null, 0, 1]);
    assert.deepEqual(await complete(scene, bytes, ann, 0), DONE);
    await bytes.forget(id);
    assert.ok(
      await bytes.read({ id, sha256: SHA256, size: BYTES.length }, { from: 0, to: 1 }),
      'it is complete',
    );
  });

  test('[G9] it goes a day after its last byte, and with its user', async (t) => {
    const scene = await open(t);
    const [ann = '', ben = '', cleo = ''] = await scene.stage.people('ann', 'ben', 'cleo');
    const bytes = scene.started();
    const [hers, his, another] = [
      await bring(bytes, ann, 0, 10),
      await bring(bytes, ben, 0, 10),
      await bring(bytes, cleo, 0, 10),
    ];
    await scene.wait(UNSENT_ATTACHMENT_KEPT_MS - 60_000);
    await bring(bytes, ben, 10, 20);
    assert.equal(await bytes.sweep(), 0);
    await scene.wait(60_001);
    await scene.stage.remove(cleo);
    assert.equal(await bytes.sweep(), 2);
    assert.deepEqual([await bytes.kept(hers), await bytes.kept(another)], [null, null]);
    assert.equal(await receivedOf(bytes, his), 20);
    const next = scene.started();
    assert.equal(await next.sweep(), 0);
    assert.equal(await receivedOf(next, his), 20);
  });
};

/** When an upload was touched last, which only the files of SQLite say. */
const atOf = async (bytes: AttachmentBytes, id: string): Promise<object> => {
  const { at } = ((await bytes.kept(id)) ?? {}) as { at?: number };
  return at === undefined ? {} : { at };
};

describe('kept uploads on SQLite', () => {
  rules(onSqlite);

  test('[G9] of two at once, the later one is refused by the files themselves', async (t) => {
    const { stage, started } = await onSqlite(t);
    const ann = await stage.person('ann');
    const bytes = started();
    const id = uploadId(ann, KEY);
    const upload = await bytes.receive(id, 10, head(ann, 0));
    await assert.rejects(bytes.receive(id, 10, head(ann, 0)), { code: 'conflict' });
    await upload.abort();
    await (await bytes.receive(id, 10, head(ann, 0))).abort();
  });

  test('[G9] a line that was torn promises nothing, and bytes that are missing are not claimed', async (t) => {
    const scene = await onSqlite(t);
    const ann = await scene.stage.person('ann');
    const id = await bring(scene.started(), ann, 0, 5_000);
    const said = join(scene.incoming, `${id}.kept`);
    appendFileSync(said, '{"received":9000,"at":1');
    assert.equal(await receivedOf(scene.started(), id), 5_000);
    appendFileSync(said, '\n\0\0\0\n{"received":-1,"at":1}\n');
    assert.equal(await receivedOf(scene.started(), id), 5_000);
    // Bytes that were written and not made durable.
    appendFileSync(join(scene.incoming, id), randomBytes(100));
    assert.deepEqual(await complete(scene, scene.started(), ann, 5_000), DONE);
    const again = await bring(scene.started(), ann, 0, 5_000, KEY.replace('5a', '5b'));
    truncateSync(join(scene.incoming, again), 4_999);
    const last = scene.started();
    assert.equal(await last.kept(again), null);
    await last.sweep();
    assert.deepEqual(readdirSync(scene.incoming), []);
  });
});

describe('kept uploads on PostgreSQL', { skip: withoutPostgres }, () => {
  rules(onPostgres);

  test('[G9] another host continues; what the first one still brings is refused, and never mixed in', async (t) => {
    const scene = await onPostgres(t);
    const ann = await scene.stage.person('ann');
    const [here, there] = [scene.started(), scene.started()];
    const id = uploadId(ann, KEY);
    const slow = await here.receive(id, BYTES.length, head(ann, 0));
    await slow.write(BYTES.subarray(0, 600_000));
    const received = (await receivedOf(there, id)) ?? -1;
    assert.equal(received, 512 * 1024);
    // Whoever asks has ended it already.
    await assert.rejects(slow.write(randomBytes(MIB)), { code: 'conflict' });
    await slow.abort();
    const late = await here.receive(id, BYTES.length, head(ann, received));
    await late.write(BYTES.subarray(received, received + 1_000));
    assert.deepEqual(await complete(scene, there, ann, received), DONE);
    await assert.rejects(late.write(randomBytes(MIB)), { code: 'conflict' });
    await late.abort();
    await assert.rejects(
      late.finish(() => Promise.resolve()),
      { code: 'conflict' },
    );
    await assert.rejects(here.receive(id, BYTES.length, head(ann, 0)), { code: 'unavailable' });
    const stored = { id, sha256: SHA256, size: BYTES.length };
    assert.ok((await bytesOf(await here.read(stored, { from: 0, to: BYTES.length })))?.equals(BYTES));
  });

  test('[G9] an upload that is cancelled while it is completed is no attachment', async (t) => {
    const scene = await onPostgres(t);
    const ann = await scene.stage.person('ann');
    const [here, there] = [scene.started(), scene.started()];
    const id = uploadId(ann, KEY);
    const upload = await here.receive(id, 3, head(ann, 0));
    await upload.write(Buffer.from('abc'));
    const { kind } = await upload.finish(async (file) => {
      await there.forget(id);
      const attachment = { id, name: 'a', type: 'text/plain', ...file };
      return await scene.stage.do('addAttachment', { userId: ann, attachment, isKept: true });
    });
    assert.equal(kind, 'given-up');
    assert.equal((await scene.stage.queries.uploaded(ann, id)).attachment, null);
  });
});
