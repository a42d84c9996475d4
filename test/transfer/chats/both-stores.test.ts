import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { systemIds } from '../../../server/runtime/ids.ts';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import { asQueries, openReads } from '../../../server/storage/sqlite/queries.ts';
import type { ChatTarget } from '../../../server/transfer/chats/import-chats.ts';
import { postgresTarget, sqliteTarget } from '../../../server/transfer/chats/targets.ts';
import { summaryOf } from '../../../server/storage/transfer/export-digest.ts';
import { importIntoPostgres, importIntoSqlite } from '../../../server/transfer/move.ts';
import { replaceInPostgres } from '../../../server/transfer/postgres-side.ts';
import { bareDatabase, onServer, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { seededRandom } from '../../support/random-source.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import type { Scope } from '../../support/temp-dir.ts';
import { askAll } from '../../storage/postgres/ask-all.ts';
import { randomHistory } from '../../storage/postgres/random-history.ts';
import { SameAnswers } from '../../storage/postgres/same-answers.ts';
import { openSqliteStage } from '../../storage/sqlite-stage.ts';
import {
  connectTo,
  exportOf,
  exportTo,
  newDataDir,
  postgresSide,
  sqliteSide,
} from '../../storage/transfer/stores.ts';
import { importText, Records } from './importing.ts';
import { OWNER_ID, personalChat, telegramText, wholeAccount } from './telegram-export.ts';

/** A store of either kind with the same random history. */
const twoStores = async (t: Scope) => {
  const random = seededRandom();
  const { stage, store } = await openSqliteStage(t);
  const subjects = await randomHistory(stage, random, 100);
  for (let left = 'telling'; left === 'telling';) ({ left } = await stage.do('continueSteps', { rows: 7 }));
  await store.restart();
  const exported = await exportTo(t, sqliteSide(store.dir));
  const dataDir = newDataDir(t);
  await importIntoSqlite(exported, dataDir);
  const url = await bareDatabase(t);
  await importIntoPostgres(exported, { connection: optionsOf(url), dataDir: newDataDir(t) }, systemIds);
  return { random, subjects, stage, dataDir, url };
};

const file = (peers: readonly number[]): string =>
  JSON.stringify(
    wholeAccount(
      peers.map((peer) =>
        personalChat(
          peer,
          Array.from({ length: 70 }, (_, n) => {
            const from = n % 3 === 0 ? OWNER_ID : peer;
            return telegramText(n + 1, from, `needle ${String(n)} of ${String(peer)}`);
          }),
          `Peer ${String(peer)}`,
        ),
      ),
    ),
  );

test(
  'an import into a store with users adds to what is there, and is the same in both kinds of store',
  { skip: withoutPostgres },
  async (t) => {
    const { random, subjects, stage, dataDir, url } = await twoStores(t);
    const targets: readonly ChatTarget[] = [
      sqliteTarget(dataDir),
      postgresTarget(optionsOf(url), newDataDir(t), systemIds),
    ];
    const [sqlite, postgres] = targets;
    assert.ok(sqlite !== undefined && postgres !== undefined);
    const before = await Records.of(sqlite);
    const known = before.all('user').find(({ username }) => username !== null)?.username ?? '';
    const map = { 'Peer 5': known, 'Peer 6': 'six' };
    const text = file([5, 6, 7]);
    for (const target of targets) {
      const own = { ids: new SequenceIds(7), map };
      const imported = await importText(t, { format: 'telegram', text }, target, own);
      assert.deepEqual([imported.conversations, imported.messages], [3, 210]);
    }
    const exported = await exportOf(t, sqliteSide(dataDir));
    assert.equal(await exportOf(t, postgresSide(url)), exported);

    const after = await Records.of(sqlite);
    assert.equal(after.between('tom_o', known).length, 70);
    for (const { id, cursor } of before.all('user')) {
      const [old, now] = [before.log(id), after.log(id)];
      assert.deepEqual(now.slice(now.length - old.length), old, 'what was in a log comes last in it');
      const user = after.all('user').find((each) => each.id === id);
      assert.equal((user?.cursor ?? 0) - cursor, now.length - old.length);
    }
    const audit = after.all('audit_record').at(-1);
    assert.deepEqual([audit?.action, audit?.actor, audit?.detail?.['messages']], ['import', 'tester', 210]);

    const { clock } = stage;
    const reads = openReads(dataDir, { clock });
    const database = connectTo(t, url);
    t.after(() => {
      reads.close();
    });
    const queries = asQueries(reads);
    const ids = after.all('user').map((user) => user.id);
    const more = { ...subjects, users: [...subjects.users, ...ids.slice(-4)] };
    const ask = new SameAnswers(queries, openPostgresQueries(database, clock));
    await askAll(ask, more, random);
    assert.ok(ask.telling > ask.compared / 3);
    const owner = after.userId('tom_o');
    const list = (await queries.conversations(owner, 50, null))?.conversations ?? [];
    assert.deepEqual(
      list.map(({ unread_count, last_seq }) => [unread_count, last_seq]),
      [
        [0, 70],
        [0, 70],
        [0, 70],
      ],
    );
    assert.equal((await queries.search(owner, 'needle 69', { limit: 50 })).messages.length, 3);
    openWriter(dataDir, { clock }).close();
  },
);

test('a store that has changed meanwhile is left as it is', { skip: withoutPostgres }, async (t) => {
  const { dataDir, url } = await twoStores(t);
  const before = await exportOf(t, postgresSide(url));
  const target = postgresTarget(optionsOf(url), dataDir, systemIds);
  const text = file([5]);
  const changing: ChatTarget = {
    ...target,
    async keep(folder, sha256) {
      await onServer(url, `UPDATE users SET role = 'admin' WHERE username IS NOT NULL`);
      await target.keep?.(folder, sha256);
    },
  };
  const own = { ids: systemIds };
  await assert.rejects(importText(t, { format: 'telegram', text }, changing, own), /has changed meanwhile/);
  const after = await exportOf(t, postgresSide(url));
  assert.equal(after.split('\n').length, before.split('\n').length);
  assert.doesNotMatch(after, /tom_o/);
});

test('a replacement that fails half-way changes nothing', { skip: withoutPostgres }, async (t) => {
  const { url, dataDir } = await twoStores(t);
  const before = await exportOf(t, postgresSide(url));
  const { sha256 } = await sqliteSide(dataDir).reading(summaryOf);
  const failing = sqliteSide(dataDir).reading((records) => {
    async function* half() {
      let n = 0;
      for await (const record of records) {
        n += record.type === 'message' ? 1 : 0;
        if (n === 20) throw new Error('the process is gone');
        yield record;
      }
    }
    return replaceInPostgres(optionsOf(url), half(), { ids: systemIds, before: sha256 });
  });
  await assert.rejects(failing, /the process is gone/);
  assert.equal(await exportOf(t, postgresSide(url)), before);
});
