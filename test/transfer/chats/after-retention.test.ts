import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemIds } from '../../../server/runtime/ids.ts';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import type { Queries } from '../../../server/storage/reads.ts';
import type { RecordOf } from '../../../server/storage/transfer/export-record.ts';
import type { ChatTarget } from '../../../server/transfer/chats/import-chats.ts';
import { postgresTarget, sqliteTarget } from '../../../server/transfer/chats/targets.ts';
import { importIntoPostgres, importIntoSqlite } from '../../../server/transfer/move.ts';
import { bareDatabase, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import type { Scope } from '../../support/temp-dir.ts';
import { removeBefore } from '../../storage/removing.ts';
import { sqliteStore } from '../../storage/sqlite-store.ts';
import { openSqliteStage } from '../../storage/sqlite-stage.ts';
import { Stage } from '../../storage/stage.ts';
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

/** Ann has written with Ben, of which the last message is left, and with Cleo, of which nothing is. Ben's last message answers one that
 *  is gone. */
const retained = async (t: Scope) => {
  const { stage, store } = await openSqliteStage(t);
  const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
  const first = stage.ids.next();
  await stage.say(ann, ben, 'one', first);
  await stage.say(cleo, ann, 'two');
  await stage.say(ben, ann, 'three');
  await stage.react(ben, first, '👍');
  const { sentAt } = await stage.say(ann, cleo, 'four');
  stage.clock.advance(1_000);
  await stage.say(ben, ann, 'five', undefined, first);
  assert.equal((await removeBefore(stage, sentAt + 1)).length, 4);
  await store.restart();
  const exported = await exportTo(t, sqliteSide(store.dir));
  const dataDir = newDataDir(t);
  await importIntoSqlite(exported, dataDir);
  return { stage, exported, dataDir, ann, ben, cleo, first };
};

/** Tom's account: he is Ann, and Ben and Cleo are those she has written with. Dora is nobody here yet. */
const FILE = JSON.stringify(
  wholeAccount(
    [5, 6, 7].map((peer) =>
      personalChat(
        peer,
        Array.from({ length: 40 }, (_, n) =>
          telegramText(n + 1, n % 2 === 0 ? OWNER_ID : peer, `old ${String(n)}`),
        ),
        `Peer ${String(peer)}`,
      ),
    ),
  ),
);
const MAP = { 'Tom Owner': 'ann', 'Peer 5': 'ben', 'Peer 6': 'cleo', 'Peer 7': 'dora' };

const importFile = async (t: Scope, target: ChatTarget) =>
  importText(t, { format: 'telegram', text: FILE }, target, { ids: new SequenceIds(7), map: MAP });

/** What a message holds beside its cursor in Ann's log, which rises. */
const withoutCursorOf = (
  ann: string,
  { sender_cursor: sent, recipient_cursor: received, ...rest }: RecordOf<'message' | 'removed_message'>,
) => ({
  ...rest,
  of: rest.sender_id === ann ? received : sent,
  ann: rest.sender_id === ann ? sent : received,
});

const shownTo = async (queries: Queries, user: string): Promise<unknown> => {
  const list = (await queries.conversations(user, 50, null))?.conversations ?? [];
  return list.map(({ first_seq, last_seq, unread_count }) => [first_seq, last_seq, unread_count]);
};

test(
  '[C9] an import into a store from which retention has removed messages: their cursors rise like those of all others',
  { skip: withoutPostgres },
  async (t) => {
    const { stage, exported, dataDir, ann } = await retained(t);
    const url = await bareDatabase(t);
    await importIntoPostgres(exported, { connection: optionsOf(url), dataDir: newDataDir(t) }, systemIds);
    const sqlite = sqliteTarget(dataDir);
    const before = await Records.of(sqlite);
    for (const target of [sqlite, postgresTarget(optionsOf(url), newDataDir(t), systemIds)]) {
      const imported = await importFile(t, target);
      assert.deepEqual([imported.conversations, imported.messages], [1, 40]);
      assert.deepEqual(
        imported.remarks.map(({ what }) => what),
        [
          'ann and ben have written 3 messages here, so its messages are left out: 40',
          'ann and cleo have written 2 messages here, so its messages are left out: 40',
        ],
      );
    }
    assert.equal(await exportOf(t, postgresSide(url)), await exportOf(t, sqliteSide(dataDir)));
    const after = await Records.of(sqlite);
    const headOf = (records: Records): number =>
      records.all('user').find(({ id }) => id === ann)?.cursor ?? 0;
    const rise = headOf(after) - headOf(before);
    assert.ok(rise > 40, 'messages, and that they were read');
    for (const type of ['removed_message', 'message'] as const) {
      const old = before.all(type).map((record) => withoutCursorOf(ann, record));
      const now = after
        .all(type)
        .filter(({ conversation_id: id }) => old.some((each) => each.conversation_id === id))
        .map((record) => withoutCursorOf(ann, record));
      assert.deepEqual(
        now,
        old.map((each) => ({ ...each, ann: each.ann + rise })),
      );
    }
    assert.equal(after.all('removed_message').length, 4);
    const database = connectTo(t, url);
    const inPostgres = openPostgresQueries(database, stage.clock);
    const own = await Stage.open(t, (scope, clock) => sqliteStore(scope, { clock }, dataDir));
    for (const user of after.all('user')) {
      assert.deepEqual(await shownTo(inPostgres, user.id), await shownTo(own.queries, user.id));
      const page = await own.queries.eventsAfter(user.id, 0, 256);
      assert.deepEqual(await inPostgres.eventsAfter(user.id, 0, 256), page);
    }
  },
);

test('[D4] after such an import a repeated message gets its first answer, and the conversation goes on', async (t) => {
  const { dataDir, ann, ben, cleo, first } = await retained(t);
  await importFile(t, sqliteTarget(dataDir));
  const records = await Records.of(sqliteTarget(dataDir));
  const removed = records.all('removed_message').find(({ id }) => id === first);
  const stage = await Stage.open(t, (scope, clock) => sqliteStore(scope, { clock }, dataDir));
  const again = await stage.append(ann, ben, 'one', first);
  assert.ok(again.kind === 'appended');
  assert.deepEqual([again.seq, again.senderCursor], [1, removed?.sender_cursor]);
  const head = await stage.queries.headCursor(ann);
  const said = await stage.say(cleo, ann, 'after all');
  assert.deepEqual([said.seq, said.recipientCursor], [3, head + 1]);
  assert.equal((await stage.say(ben, ann, 'and here')).seq, 4);
});

test('what was imported and has been removed since is not imported again', async (t) => {
  const dataDir = newDataDir(t);
  const own = { ids: systemIds };
  const text = JSON.stringify(
    personalChat(5, [telegramText(1, 5, 'old'), telegramText(2, OWNER_ID, 'older')]),
  );
  await importText(t, { format: 'telegram', text }, sqliteTarget(dataDir), own);
  const copy = newDataDir(t);
  const scope: { after: (end: () => unknown) => void; ends: (() => unknown)[] } = {
    ends: [],
    after: (end) => scope.ends.push(end),
  };
  const stage = await Stage.open(scope, (its, clock) => sqliteStore(its, { clock }, dataDir));
  assert.equal((await removeBefore(stage, Date.UTC(2030, 0))).length, 2);
  for (const end of scope.ends) await end();
  await importIntoSqlite(await exportTo(t, sqliteSide(dataDir)), copy);
  const refused = importText(t, { format: 'telegram', text }, sqliteTarget(copy), own);
  await assert.rejects(refused, /Nothing is left to import from .* it has been imported already/);
});
