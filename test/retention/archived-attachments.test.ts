import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runRetention, type RetentionDeps } from '../../server/retention/run-retention.ts';
import { systemClock } from '../../server/runtime/clock.ts';
import type { AttachmentBytes } from '../../server/storage/attachments/attachment-bytes.ts';
import { RETENTION_SILENT_MS } from '../../server/storage/limits.ts';
import { ChunkStore } from '../../server/storage/postgres/attachments/chunk-store.ts';
import type { QueryName } from '../../server/storage/reads.ts';
import { AttachmentFiles } from '../../server/storage/sqlite/attachments/attachment-files.ts';
import type { WriteName } from '../../server/storage/writes.ts';
import { freshDatabase, withoutPostgres } from '../support/postgres.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { attachmentOf, fileUseOf, sendWith } from '../storage/attaching.ts';
import { openOn } from '../storage/postgres/stage.ts';
import { openPostgresOn } from '../storage/postgres-on.ts';
import { sqliteStore } from '../storage/sqlite-store.ts';
import { Stage, type StoreUnderTest } from '../storage/stage.ts';

const DAY_MS = 86_400_000;
const AUDIT = { actor: 'root', origin: 'test' };
const LARGE = 'large '.repeat(60_000);

interface Scene {
  readonly stage: Stage;
  readonly bytes: AttachmentBytes;
  /** Of the archive. */
  readonly dataDir: string;
}

const onSqlite = async (scope: Scope): Promise<Scene> => {
  const dataDir = tempDir(scope);
  const stage = await Stage.open(scope, (its, clock) => sqliteStore(its, { clock }, dataDir));
  const bytes = new AttachmentFiles(dataDir, fileUseOf(stage), stage.clock);
  return { stage, bytes, dataDir };
};

const onPostgres = async (scope: Scope): Promise<Scene> => {
  const url = await freshDatabase(scope);
  const stage = await Stage.open(scope, (its, clock): StoreUnderTest => {
    const store = openPostgresOn(url, clock);
    its.after(() => store.close());
    const none = (): Promise<void> => Promise.resolve();
    return { commit: (batch) => store.commit(batch), queries: store.queries, settle: none, restart: none };
  });
  return { stage, bytes: new ChunkStore(openOn(scope, url)), dataDir: tempDir(scope) };
};

/** Two old messages with three files, of which two are the same, a new one with the bytes of an old one, and one without any. */
const filled = async ({ stage, bytes }: Scene) => {
  const [ann = '', ben = ''] = await stage.people('ann', 'ben');
  const uploaded = async (name: string, text: string) => {
    const attachment = attachmentOf(stage.ids.next(), name, text);
    const incoming = await bytes.receive(attachment.id, attachment.size);
    await incoming.write(Buffer.from(text));
    await incoming.finish(() => stage.do('addAttachment', { userId: ann, attachment }));
    return attachment;
  };
  const first = [await uploaded('large', LARGE), await uploaded('empty', '')];
  await sendWith(stage, ann, ben, first);
  await sendWith(stage, ann, ben, [await uploaded('the same', LARGE)], { content: 'old' });
  await stage.say(ben, ann, 'without files');
  stage.clock.advance(DAY_MS);
  const before = stage.clock.now();
  await sendWith(stage, ann, ben, [await uploaded('new', LARGE)]);
  return { before, files: first, asked: { before, everyMs: 0, audit: AUDIT } };
};

class Killed extends Error {}

const depsOf = (
  { stage, bytes, dataDir }: Scene,
  die: (write: WriteName) => boolean = () => false,
): RetentionDeps => ({
  dataDir,
  attachments: bytes,
  read: (name, ...args) =>
    (stage.queries as unknown as Record<QueryName, (...given: readonly unknown[]) => Promise<never>>)[name](
      ...args,
    ),
  async write(type, input) {
    if (die(type)) throw new Killed();
    return stage.do(type, input);
  },
  clock: { ...systemClock, now: () => stage.clock.now(), after: (_ms, run) => systemClock.after(0, run) },
  ids: stage.ids,
});

interface Line {
  readonly type: string;
  readonly id: string;
  readonly name?: string;
  readonly sha256?: string;
  readonly attachments?: readonly string[];
}

/** What the archive holds: its lines, and its files by name. */
const archived = ({ dataDir }: Pick<Scene, 'dataDir'>) => {
  const folder = join(dataDir, 'archive');
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.jsonl'));
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  const files = join(folder, name.replace('.jsonl', ''));
  return {
    names: readdirSync(folder).sort(),
    lines: lines.map((line) => JSON.parse(line) as Line),
    folder: files,
    files: new Map(readdirSync(files).map((each) => [each, readFileSync(join(files, each), 'utf8')])),
  };
};

for (const [store, open, skip] of [
  ['SQLite', onSqlite, false],
  ['PostgreSQL', onPostgres, withoutPostgres],
] as const) {
  test(`[G7] the archive of a run has the files of what it removes, on ${store}`, { skip }, async (t) => {
    const scene = await open(t);
    const { asked, files } = await filled(scene);
    const outcome = await runRetention(depsOf(scene), asked);
    assert.deepEqual(outcome.kind === 'done' && outcome.removed, 3);
    const { lines, files: kept, folder, names } = archived(scene);
    assert.equal(names.length, 2);
    assert.deepEqual(
      lines.map(({ type, name }) => name ?? type),
      ['message', 'large', 'empty', 'message', 'the same', 'message'],
    );
    assert.deepEqual(
      lines[0]?.attachments,
      files.map(({ id }) => id),
    );
    const [large, empty] = files;
    assert.deepEqual(
      new Map([...kept].sort()),
      new Map([[large?.sha256 ?? '', LARGE] as const, [empty?.sha256 ?? '', ''] as const].sort()),
    );
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, large?.sha256 ?? '')).mode & 0o777, 0o600);
    // The new message has the same bytes still.
    await scene.stage.store.settle();
    await scene.bytes.sweep();
    const { attachments } = await scene.stage.queries.storeCounts();
    assert.equal(attachments, store === 'SQLite' ? 1 : attachments);
  });

  test(
    `a run that is broken off is gone on with, and its files are whole, on ${store}`,
    { skip },
    async (t) => {
      const scene = await open(t);
      const { asked } = await filled(scene);
      await assert.rejects(
        runRetention(
          depsOf(scene, (type) => type === 'removeMessages'),
          asked,
        ),
        Killed,
      );
      scene.stage.clock.advance(RETENTION_SILENT_MS);
      assert.equal((await runRetention(depsOf(scene), asked)).kind, 'done');
      const { lines, files, names } = archived(scene);
      assert.deepEqual([lines.length, files.size, names.length], [6, 2, 2]);
      assert.ok([...files.values()].includes(LARGE));
    },
  );
}

test('a run ends at a file that is missing, and removes nothing of its message', async (t) => {
  const scene = await onSqlite(t);
  const { asked } = await filled(scene);
  rmSync(join(scene.dataDir, 'attachments'), { recursive: true });
  await assert.rejects(
    runRetention(depsOf(scene), asked),
    /the bytes of the attachment [\da-f-]+ \("large"\) are missing: nothing of its message is removed/,
  );
  assert.equal((await scene.stage.queries.storeCounts()).messages, 4);
});
