import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runRetention, type RetentionDeps } from '../../server/retention/run-retention.ts';
import { systemClock } from '../../server/runtime/clock.ts';
import { RETENTION_SILENT_MS } from '../../server/storage/limits.ts';
import type { QueryName } from '../../server/storage/reads.ts';
import type { WriteName } from '../../server/storage/writes.ts';
import { openSqliteStage } from '../storage/sqlite-stage.ts';
import type { SqliteStore } from '../storage/sqlite-store.ts';
import type { Stage } from '../storage/stage.ts';
import type { Scope } from '../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const AUDIT = { actor: 'root', origin: 'test' };

interface ArchiveLine {
  readonly type: string;
  readonly id: string;
  readonly seq: number;
  readonly content: string;
}

/** The lines of all archives, finished or not, in the order of their names. */
const archived = (dir: string): readonly ArchiveLine[] => {
  const folder = join(dir, 'archive');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as ArchiveLine);
};

/** 250 messages of a day, and five of the next. The store's clock is moved by the test; pauses are real, and short. */
const filled = async (scope: Scope) => {
  const { stage, store } = await openSqliteStage(scope);
  const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
  await stage.sayMany(
    ann,
    ben,
    Array.from({ length: 250 }, (_, n) => `old ${String(n + 1)}`),
  );
  stage.clock.advance(DAY_MS);
  const before = stage.clock.now();
  await stage.sayMany(ann, ben, ['new 1', 'new 2', 'new 3', 'new 4', 'new 5']);
  return { stage, store, ann, before };
};

class Killed extends Error {}

/** `die` is asked before and after each write, and once more before the archive is added to (`null`). */
const depsOf = (
  stage: Stage,
  store: SqliteStore,
  die: (write: WriteName, when: 'before' | 'after') => boolean = () => false,
): RetentionDeps => ({
  dataDir: store.dir,
  attachments: { read: () => Promise.reject(new Error('there are none')) },
  read: (name, ...args) =>
    (stage.queries as unknown as Record<QueryName, (...given: readonly unknown[]) => Promise<never>>)[name](
      ...args,
    ),
  async write(type, input) {
    if (die(type, 'before')) throw new Killed();
    const result = await stage.do(type, input);
    if (die(type, 'after')) throw new Killed();
    return result;
  },
  clock: { ...systemClock, now: () => stage.clock.now(), after: (_ms, run) => systemClock.after(0, run) },
  ids: stage.ids,
});

test('a run archives what it removes, in the form of an export, for this account only', async (t) => {
  const { stage, store, before } = await filled(t);
  const outcome = await runRetention(depsOf(stage, store), { before, everyMs: 0, audit: AUDIT });
  assert.ok(outcome.kind === 'done' && outcome.file !== null);
  assert.equal(outcome.removed, 250);
  assert.match(outcome.file, /archive\/messages-2026-01-02T00-00-00Z-[\da-f]{8}\.jsonl$/);
  assert.equal(statSync(outcome.file).mode & 0o777, 0o600);
  assert.equal(statSync(join(store.dir, 'archive')).mode & 0o777, 0o700);
  const lines = archived(store.dir);
  assert.deepEqual(
    lines.map(({ seq, content }) => [seq, content]),
    Array.from({ length: 250 }, (_, n) => [n + 1, `old ${String(n + 1)}`]),
  );
  assert.deepEqual(Object.keys(lines[0] ?? {}), [
    ...['type', 'id', 'conversation_id', 'seq', 'sender_id', 'sender_cursor', 'recipient_cursor'],
    ...['sent_at', 'content', 'reply_to', 'attachments'],
  ]);
  assert.equal((await stage.queries.storeCounts()).messages, 5);
  const again = await runRetention(depsOf(stage, store), { before, everyMs: 0, audit: AUDIT });
  assert.deepEqual(again, { kind: 'done', removed: 0, file: null });
  assert.equal(readdirSync(join(store.dir, 'archive')).length, 1, 'a run without messages leaves no file');
  const records = await stage.queries.auditRecords({ before: null, limit: 5 });
  assert.deepEqual(
    records.map(({ action, detail }) => [action, detail]),
    [['retention.run', { removed: 250, before_at: before }]],
  );
});

for (const [at, type, when] of [
  ['after it has begun', 'startRetention', 'after'],
  ['after a step is archived', 'removeMessages', 'before'],
  ['after a step is removed', 'removeMessages', 'after'],
  ['before its end is noted', 'endRetention', 'before'],
] as const)
  test(`a run that ends ${at} is gone on with, and each message is archived once`, async (t) => {
    const { stage, store, ann, before } = await filled(t);
    let left = 2;
    const die = (write: WriteName, moment: 'before' | 'after'): boolean => {
      if (write !== type || moment !== when) return false;
      left -= 1;
      return left === 0 || type !== 'removeMessages';
    };
    const asked = { before, everyMs: 0, audit: AUDIT };
    await assert.rejects(runRetention(depsOf(stage, store, die), asked), Killed);
    await store.restart();
    assert.deepEqual(await runRetention(depsOf(stage, store), asked), { kind: 'busy' });
    stage.clock.advance(RETENTION_SILENT_MS);
    const outcome = await runRetention(depsOf(stage, store), asked);
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(
      archived(store.dir).map(({ seq }) => seq),
      Array.from({ length: 250 }, (_, n) => n + 1),
    );
    assert.deepEqual(await stage.found(ann, 'old'), []);
    assert.equal((await stage.found(ann, 'new')).length, 5);
    const names = readdirSync(join(store.dir, 'archive'));
    assert.ok(
      names.every((name) => name.endsWith('.jsonl')),
      names.join(),
    );
  });

test('a stop breaks a run off between two steps', async (t) => {
  const { stage, store, before } = await filled(t);
  const deps = { ...depsOf(stage, store), isStopping: () => archived(store.dir).length >= 200 };
  assert.deepEqual(await runRetention(deps, { before, everyMs: 0, audit: AUDIT }), { kind: 'stopped' });
  assert.equal((await stage.queries.retention()).removed, 200);
});
