import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Maintenance } from '../../../../server/storage/sqlite/maintenance.ts';
import { openReadWrite } from '../../../../server/storage/sqlite/open.ts';
import type { WriteMessage } from '../../../../server/storage/writes.ts';
import { openLog } from '../../../../server/runtime/log/log.ts';
import type { Scope } from '../../../support/temp-dir.ts';
import { sqliteStore } from '../../sqlite-store.ts';
import type { SqliteStore } from '../../sqlite-store.ts';
import { pairOf, Stage } from '../../stage.ts';

const MESSAGES = 4_200;

/** More than one chunk of messages, of which one in a hundred is a needle. */
const setUp = async (t: Scope) => {
  let made: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (made = sqliteStore(scope, { clock })));
  const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
  const message = (i: number): WriteMessage => ({
    type: 'appendMessage',
    input: {
      messageId: stage.ids.next(),
      pair: pairOf(ann, ben),
      senderId: ann,
      newConversationId: stage.ids.next(),
      content:
        i % 100 === 0
          ? `needle ${String(i)}`
          : `hay stack \u{1f33e} ${String(i)} ${(i * 7_919).toString(36)}`,
    },
  });
  for (let i = 0; i < MESSAGES; i += 600) {
    await stage.store.commit(Array.from({ length: 600 }, (_, at) => message(i + at)));
  }
  if (made === undefined) throw new Error('no store');
  const store = made;
  const isWhole = async (): Promise<void> => {
    assert.equal((await stage.found(ben, 'needle', 200)).length, MESSAGES / 100);
    assert.equal((await stage.found(ben, 'hay 🌾', 200)).length, 200);
  };
  return { stage, store, isWhole };
};

describe('the search index', () => {
  test('[F1] answers are whole at every step of its making, and after a stop in the middle', async (t) => {
    const { store, isWhole } = await setUp(t);
    let steps = 0;
    for (let more = true; more; steps += 1) {
      more = store.writer().indexSome(1_024);
      await isWhole();
      // Right after the first rows of the chunk were written and before the last.
      if (steps === 5) {
        assert.equal(store.writer().indexBacklog() > MESSAGES, true);
        await store.restart();
        more = true;
      }
    }
    assert.ok(steps > 6);
    assert.ok(store.writer().indexBacklog() < 4_096);
    await isWhole();
  });

  for (const way of ['along with commits', 'in transactions of its own'] as const) {
    test(`[F1] after a change of folding it is built anew ${way}, and nothing outdated stays`, async (t) => {
      const { store, isWhole } = await setUp(t);
      while (store.writer().indexSome());
      const db = openReadWrite(store.dir);
      t.after(() => {
        db.close();
      });
      const postings = () => db.prepare('SELECT chunk, gram, rows FROM search_postings').raw().all();
      const fresh = postings();
      assert.ok(fresh.length > 500);
      // As if other rules had led to other grams, and to thousands more of them.
      db.exec(`UPDATE search_postings SET rows = x'00' WHERE gram % 3 = 0;
        UPDATE search_postings SET gram = gram + 10000000 WHERE gram % 3 = 1;
        INSERT INTO search_postings SELECT chunk, gram + 20000000, rows FROM search_postings;
        INSERT INTO search_postings SELECT chunk, gram + 40000000, rows FROM search_postings;
        UPDATE meta SET value = 'older' WHERE key = 'fold_version'`);
      const outdated = postings();
      await store.restart();
      assert.deepEqual(postings(), outdated, 'the start deletes nothing');
      assert.ok(store.writer().indexBacklog() > MESSAGES, 'and uses none of it');
      const restarts = [outdated.length - 1, fresh.length / 2];
      for (let more = true; more;) {
        if (way === 'along with commits') {
          more = store.writer().indexSome(1_024, 1);
          store.writer().commit(Array.from({ length: 150 }, () => ({ type: 'probe', input: {} })));
        } else more = store.writer().indexSome(1_024);
        const left = db.prepare<[], number>('SELECT count(*) FROM search_postings').pluck().get();
        if ((left ?? 0) > (restarts[0] ?? 0)) continue;
        // Once while outdated ones are deleted, once when most of them are gone.
        await isWhole();
        restarts.shift();
        await store.restart();
        more = true;
      }
      await isWhole();
      assert.deepEqual(postings(), fresh);
      assert.equal(restarts.length, 0);
    });
  }

  test('[F1] maintenance makes it while no write waits', async (t) => {
    const { stage, store, isWhole } = await setUp(t);
    const queue = { size: 1 };
    const maintenance = new Maintenance(store.writer(), queue, stage.clock, openLog('silent', 'test'));
    maintenance.start();
    stage.clock.advance(1_000);
    assert.ok(store.writer().indexBacklog() > MESSAGES);
    queue.size = 0;
    stage.clock.advance(1_000);
    assert.ok(store.writer().indexBacklog() < 4_096);
    maintenance.stop();
    assert.equal(stage.clock.waiting, 0);
    await isWhole();
  });
});
