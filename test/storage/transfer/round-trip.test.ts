import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemIds } from '../../../server/runtime/ids.ts';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import { BatchCommit } from '../../../server/storage/postgres/batch/batch-commit.ts';
import type { BatchedWrite } from '../../../server/storage/postgres/batch/batched-write.ts';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { asQueries, openReads } from '../../../server/storage/sqlite/queries.ts';
import type { WriteOutcome } from '../../../server/storage/outcome.ts';
import type { Queries } from '../../../server/storage/reads.ts';
import type { WriteMessage } from '../../../server/storage/writes.ts';
import { importIntoPostgres, importIntoSqlite } from '../../../server/transfer/move.ts';
import { freshDatabase, bareDatabase, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { seededRandom, type RandomSource } from '../../support/random-source.ts';
import { isLong, scaled } from '../../support/scale.ts';
import { askAll } from '../postgres/ask-all.ts';
import { randomHistory, type Subjects } from '../postgres/random-history.ts';
import { SameAnswers } from '../postgres/same-answers.ts';
import { removeBefore } from '../removing.ts';
import { keepAttachment } from '../attachment-file.ts';
import { upload } from '../attaching.ts';
import { openSqliteStage } from '../sqlite-stage.ts';
import { pairOf, type Stage } from '../stage.ts';
import { connectTo, exportOf, exportTo, newDataDir, postgresSide, sqliteSide } from './stores.ts';

/** What a random history lacks. */
const beLoggedIn = async (stage: Stage, random: RandomSource): Promise<string> => {
  const first = Buffer.from(stage.ids.next());
  const session = { ...stage.session(), refreshHash: first };
  const signups = { key: '192.0.2.9', perHour: 9 };
  const registration = { username: 'zoe', passwordHash: 'hash of zoe', inviteHash: null, signups, session };
  const id = stage.ids.next();
  await stage.do('registerUser', { id, ...registration });
  let hash = first;
  for (let turn = 0; turn < 5; turn += 1) {
    stage.clock.advance(random.between(0, 5_000));
    const successorHash = Buffer.from(stage.ids.next());
    await stage.do('rotateRefresh', { hash, successorHash, ttlMs: 86_400_000 });
    hash = successorHash;
  }
  return id;
};

const finishDeletions = async (stage: Stage, until: readonly string[]): Promise<void> => {
  for (let left = 'telling'; !until.includes(left);)
    ({ left } = await stage.do('continueSteps', { rows: 7 }));
};

const prune = async (stage: Stage): Promise<void> => {
  while ((await stage.do('prune', { budget: 1_000 })).more);
};

/** All living users write to one another, through each of the stores in turn. */
const goOn = async (
  commits: readonly ((batch: readonly WriteMessage[]) => Promise<readonly WriteOutcome[]>)[],
  { users }: Subjects,
): Promise<number> => {
  let told = 0;
  for (const from of users) {
    for (const to of users) {
      if (from === to) continue;
      const input = {
        messageId: systemIds.next(),
        pair: pairOf(from, to),
        senderId: from,
        newConversationId: systemIds.next(),
        content: `needle from ${from}`,
      };
      const outcomes = [];
      for (const commit of commits) {
        const [outcome] = await commit([{ type: 'appendMessage', input }]);
        assert.equal(outcome?.ok, true);
        outcomes.push(outcome.result);
      }
      const [first] = outcomes;
      for (const outcome of outcomes) assert.deepEqual(outcome, first);
      if (first !== undefined && 'kind' in first && first.kind === 'appended') told += 1;
    }
  }
  return told;
};

/** Writes of one history. */
const LENGTH = scaled({ sample: 60, extended: 200, long: 400 });

for (let run = 0; run < (isLong ? 20 : 1); run += 1) {
  test(
    `[P10] an export makes the same store of either kind, history ${String(run)}`,
    { skip: withoutPostgres },
    async (t) => {
      const random = seededRandom();
      const { stage, store } = await openSqliteStage(t);
      const keepBytes = (bytes: string): void => {
        keepAttachment(store.dir, bytes);
      };
      const subjects = await randomHistory(stage, random, LENGTH, { withAttachments: true, keepBytes });
      const zoe = await beLoggedIn(stage, random);
      await finishDeletions(stage, random.chance(0.5) ? ['none'] : ['erasing', 'none']);
      const begin = Date.UTC(2026, 0, 1);
      const cut = random.between(begin, stage.clock.now());
      const large = 'large'.repeat(210_000);
      keepBytes(large);
      await upload(stage, zoe, 'large.txt', large);
      await upload(stage, zoe, 'the same', large);
      const removed = await removeBefore(stage, random.chance(0.25) ? begin : cut, random.between(1, 9));
      t.diagnostic(`${String(removed.length)} of ${String(subjects.messages.length)} messages removed`);
      // What nobody can see any more is not imported.
      await prune(stage);
      // Imported users are offline, and so is everybody after a start.
      await store.restart();

      const exported = await exportTo(t, sqliteSide(store.dir));
      const url = await (random.chance(0.5) ? freshDatabase(t) : bareDatabase(t));
      const tables = await importIntoPostgres(
        exported,
        { connection: optionsOf(url), dataDir: newDataDir(t) },
        systemIds,
      );
      assert.equal(tables.counts.message ?? 0, subjects.messages.length - removed.length);
      assert.equal(tables.counts.removed_message ?? 0, removed.length);
      t.diagnostic(
        `${String(tables.counts.attachment)} attachments, ${String(tables.counts.attachment_bytes)} parts`,
      );
      const second = await exportTo(t, postgresSide(url));
      const back = newDataDir(t);
      await importIntoSqlite(second, back);
      const first = await exportOf(t, sqliteSide(store.dir));
      assert.equal(await exportOf(t, postgresSide(url)), first);
      assert.equal(await exportOf(t, sqliteSide(back)), first);

      await finishDeletions(stage, ['none']);
      const { clock } = stage;
      const database = connectTo(t, url);
      const postgres = openPostgresQueries(database, clock);
      const writer = openWriter(back, { clock });
      const reads = openReads(back, { clock });
      t.after(() => {
        reads.close();
        writer.close();
      });
      const others: readonly Queries[] = [postgres, asQueries(reads)];
      const compare = async (): Promise<void> => {
        for (const other of others) {
          const ask = new SameAnswers(store.queries, other);
          await askAll(ask, subjects, random);
          assert.ok(ask.telling > ask.compared / 3);
          t.diagnostic(`${String(ask.compared)} equal answers`);
        }
      };
      await compare();
      const histories = [
        await store.queries.history(),
        ...(await Promise.all(others.map((each) => each.history()))),
      ];
      assert.equal(new Set(histories).size, 3, 'each has a history of its own');

      const batches = new BatchCommit(database, { clock });
      const told = await goOn(
        [
          store.commit,
          (batch) => batches.commit(batch as readonly BatchedWrite[]),
          (batch) => Promise.resolve(writer.commit(batch)),
        ],
        subjects,
      );
      assert.ok(told > 10);
      if (isLong) await compare();
      assert.equal(await exportOf(t, postgresSide(url)), await exportOf(t, sqliteSide(store.dir)));
    },
  );
}
