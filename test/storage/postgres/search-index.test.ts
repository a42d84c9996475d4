import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import { indexSome, queueOutdated } from '../../../server/storage/postgres/search/indexer.ts';
import { statement, type Database } from '../../../server/storage/postgres/sql.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import { seededRandom } from '../../support/random-source.ts';
import { randomText } from '../../support/random-text.ts';
import { sqliteStore, type SqliteStore } from '../sqlite-store.ts';
import { pairOf, Stage } from '../stage.ts';
import { recording } from './recording.ts';
import { copyOf, SameAnswers } from './same-answers.ts';

const MESSAGES = 6_000;
const OUTDATE = statement('test_outdate', 'UPDATE search_chunks SET version = 1');
const CHUNKS = statement<[count: number, oldest: number]>(
  'test_chunks',
  'SELECT count(*), min(version) FROM search_chunks',
);

const indexAll = async (database: Database): Promise<number> => {
  for (let chunks = 0; ; chunks += 1) if (!(await indexSome(database))) return chunks;
};

test(
  '[F1] long logs: both stores give the same answers, with and without an index',
  {
    skip: withoutPostgres,
  },
  async (t) => {
    const random = seededRandom();
    let store: SqliteStore | undefined;
    const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
    const ann = await stage.person('ann');
    const ben = await stage.person('ben');
    const cleo = await stage.person('cleo');
    const { conversationId } = await stage.say(ann, ben, 'the oldest needle');
    const text = (n: number): string =>
      n % 150 === 0 ? `needle ${String(n)}` : `hay ${String(n % 37)} ${randomText(random, 12)}`;
    for (let n = 0; n < MESSAGES; n += 600) {
      const [from, to] = random.pick([
        [ann, ben],
        [ben, ann],
        [cleo, ben],
      ] as const);
      await stage.sayMany(
        from,
        to,
        Array.from({ length: 600 }, (_, at) => text(n + at)),
      );
      if (n === 2_400) {
        await stage.do('hideConversation', { userId: ben, conversationId, pair: pairOf(ann, ben) });
      }
    }
    const { database } = await copyOf(t, store?.dir ?? '');
    const { recorded, names } = recording(database);
    const ask = new SameAnswers(stage.queries, openPostgresQueries(recorded, stage.clock));
    const search = async (): Promise<void> => {
      for (const viewer of [ann, ben, cleo]) {
        for (const q of ['needle', 'oldest', '36 hay', 'nowhere', 'é']) {
          for (const limit of [3, 200]) await ask.sameSearch(viewer, q, { type: 'messages', limit });
        }
      }
    };

    for (const viewer of [ann, ben, cleo]) {
      for (const limit of [250, 5_000]) await ask.sameLog('eventsAfter', viewer, 0, limit);
      await ask.sameLog('undelivered', viewer, 0, 256);
    }
    await search();
    assert.ok(!names.has('search_at'), 'nothing is indexed yet');
    const chunks = await indexAll(database);
    assert.ok(chunks >= 1, `${String(chunks)} chunks`);
    await search();
    assert.ok(names.has('search_at'), 'the index was used');

    // As an older program has left it: read without it, then built anew.
    await database.transaction((sql) => sql.run(OUTDATE));
    await search();
    assert.equal(await queueOutdated(database, 100), chunks);
    assert.equal(await queueOutdated(database, 100), 0, 'each once');
    assert.equal(await indexAll(database), chunks);
    const [[count, oldest] = [0, 0]] = await database.query(CHUNKS);
    assert.equal(count, chunks);
    assert.ok(oldest > 1);
    await search();
    t.diagnostic(`${String(ask.compared)} equal answers`);
  },
);

test('several indexers at once do each job once', { skip: withoutPostgres }, async (t) => {
  let store: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
  const ann = await stage.person('ann');
  const ben = await stage.person('ben');
  for (let n = 0; n < 5; n += 1) await stage.sayMany(ann, ben, new Array<string>(1_000).fill('a needle'));
  const { database } = await copyOf(t, store?.dir ?? '');
  const done = await Promise.all([indexAll(database), indexAll(database), indexAll(database)]);
  assert.equal(
    done.reduce((sum, each) => sum + each, 0),
    2,
  );
});
