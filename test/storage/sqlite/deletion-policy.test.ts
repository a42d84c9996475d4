import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { DELETION_POLICY, type TablePolicy } from '../../../server/storage/sqlite/deletion-policy.ts';
import { DATABASE_FILE } from '../../../server/storage/sqlite/open.ts';
import { avatarVersion } from '../../../server/storage/avatar-version.ts';
import { KIND, type KindName } from '../../../server/storage/rules/event-kinds.ts';
import { SUBJECT } from '../../../server/storage/sqlite/write-cache/log.ts';
import { sqliteStore, type SqliteStore } from '../sqlite-store.ts';
import { sendWith, upload } from '../attaching.ts';
import { removeBefore } from '../removing.ts';
import { Stage } from '../stage.ts';

const POLICIES: readonly (readonly [string, TablePolicy])[] = Object.entries(DELETION_POLICY);

const setUp = async (t: TestContext) => {
  let store: SqliteStore | undefined;
  const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
  const db = new Database(join(store?.dir ?? '', DATABASE_FILE));
  t.after(() => {
    db.close();
  });
  return { stage, db };
};

/** What the schema has and the policy has not judged, and the other way round. */
const differences = (db: Database.Database): readonly string[] => {
  const tables = db
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all();
  const stored = tables.flatMap((table) =>
    (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => `${table}.${name}`),
  );
  const judged = POLICIES.flatMap(([table, { columns }]) =>
    columns.split(' ').map((column) => `${table}.${column}`),
  );
  return [
    ...stored.filter((column) => !judged.includes(column)).map((column) => `${column} is not judged`),
    ...judged.filter((column) => !stored.includes(column)).map((column) => `${column} is not there`),
  ];
};

test('[P7] every table and column of the schema has a deletion policy', async (t) => {
  const { db } = await setUp(t);
  assert.deepEqual(differences(db), []);
  db.exec(`CREATE TABLE table_of_this_test (a INTEGER, b TEXT);
    ALTER TABLE users ADD COLUMN column_of_this_test TEXT; DROP TABLE invites`);
  assert.deepEqual(differences(db), [
    'users.column_of_this_test is not judged',
    'table_of_this_test.a is not judged',
    'table_of_this_test.b is not judged',
    'invites.row is not there',
    'invites.hash is not there',
    'invites.created_at is not there',
    'invites.uses_left is not there',
    'invites.uses is not there',
    'invites.used_at is not there',
    'invites.expires_at is not there',
    'invites.revoked_at is not there',
  ]);
});

/** The kinds of events whose subject a deletion erases, although the policy of its table does not say that they go with it. */
const unmentioned = (policies: Readonly<Record<string, TablePolicy>>): readonly string[] =>
  (Object.entries(SUBJECT) as [KindName, string][]).flatMap(([kind, table]) => {
    const rule = policies[table]?.ofUser;
    if (rule === undefined) return [`${kind} refers to ${table}, which has no policy`];
    if (rule.does !== 'erases at once' && rule.does !== 'erases in steps') return [];
    return rule.events?.includes(kind) === true
      ? []
      : [`${table} ${rule.does}, and does not mention ${kind}`];
  });

test('[P7] [P4] a table that events refer to says in its policy which of them go with its rows', () => {
  assert.deepEqual(unmentioned(DELETION_POLICY), []);
  const { conversations: _none, ...others } = DELETION_POLICY;
  const users = (events: readonly KindName[]) => ({
    ...DELETION_POLICY,
    users: { ...DELETION_POLICY.users, ofUser: { does: 'erases in steps', events } as const },
  });
  assert.deepEqual(unmentioned(users([])), [
    'users erases in steps, and does not mention userDeleted',
    'users erases in steps, and does not mention userUpdated',
    'users erases in steps, and does not mention userBlocked',
    'users erases in steps, and does not mention userUnblocked',
  ]);
  const all = ['userDeleted', 'userUpdated', 'userBlocked', 'userUnblocked'] as const;
  assert.deepEqual(unmentioned(users(all)), []);
  assert.deepEqual(unmentioned(others), [
    'conversationCreated refers to conversations, which has no policy',
    'conversationDeleted refers to conversations, which has no policy',
    'conversationUpdated refers to conversations, which has no policy',
  ]);
});

/** The kinds of events whose subject is not there, in any log. */
const withoutSubject = (db: Database.Database): readonly string[] =>
  (Object.entries(SUBJECT) as [KindName, string][])
    .filter(([kind, table]) =>
      db
        .prepare<[number], number>(
          `SELECT 1 FROM events WHERE kind = ? AND subject NOT IN (SELECT rowid FROM ${table})`,
        )
        .pluck()
        .get(KIND[kind]),
    )
    .map(([kind]) => kind);

/** A user who has left rows in every table that can be about one, and a peer. */
const withTraces = async (t: TestContext) => {
  const { stage, db } = await setUp(t);
  const [gone, peer] = [await stage.person('gone.user'), await stage.person('peer')];
  for (let n = 0; n < 40; n += 1) {
    const [text, answer] = [stage.ids.next(), stage.ids.next()];
    await stage.say(gone, peer, `text ${String(n)}`, text);
    await stage.say(peer, gone, `answer ${String(n)}`, answer);
    if (n % 10 === 9) for (const user of [gone, peer]) await stage.react(user, text, n < 20 ? '👍' : null);
  }
  // Messages and reactions are a millisecond apart.
  assert.equal((await removeBefore(stage, stage.clock.now() - 65)).length, 20);
  await sendWith(stage, gone, peer, [await upload(stage, gone, 'sent')]);
  await upload(stage, gone, 'not sent');
  await stage.failLogin('address', 'gone.user');
  await stage.appear(gone);
  const audit = { actor: 'root', origin: 'console' };
  await stage.do('changeProfile', { userId: gone, displayName: 'Gone', about: 'a profile' });
  const bytes = Buffer.alloc(9_000, 'gone');
  await stage.do('setAvatar', {
    userId: gone,
    avatar: { type: 'image/png', version: avatarVersion(bytes), bytes },
  });
  const [session] = await stage.queries.sessions(gone, '');
  await stage.do('subscribePush', {
    userId: gone,
    sessionId: session?.id ?? '',
    subscription: { endpoint: 'https://push.example/1', p256dh: 'key', auth: 'secret', showText: true },
  });
  const codeHash = Buffer.from('a code');
  await stage.do('setUserRole', { username: 'gone.user', role: 'admin', audit });
  await stage.do('createPasswordReset', { username: 'gone.user', codeHash, ttlMs: 86_400_000, audit });
  const conversation = (await stage.queries.conversations(gone, 1, null))?.conversations[0]?.id ?? '';
  for (const reader of [gone, peer]) await stage.mark(reader, conversation, 80, 'read');
  for (const user of [gone, peer]) {
    await stage.set(user, conversation, { pinned: true, archived: true, mutedUntil: stage.clock.now() + 1 });
    await stage.block(user, user === gone ? peer : gone);
  }
  const rowOf = (id: string): number =>
    db
      .prepare<[Buffer], number>('SELECT row FROM users WHERE id = ?')
      .pluck()
      .get(Buffer.from(id.replaceAll('-', ''), 'hex')) ?? 0;
  const rowsAbout = (id: string): ReadonlyMap<string, readonly unknown[]> => {
    const user = rowOf(id);
    return new Map(
      POLICIES.flatMap(([table, { about }]) =>
        about === null ? [] : [[table, db.prepare(`SELECT * FROM ${table} WHERE ${about}`).all({ user })]],
      ),
    );
  };
  return { stage, db, gone, peer, conversation, rowOf, rowsAbout };
};

/** Rows of two users, without what a deletion resets of one of them. */
const withoutSide = (
  rows: readonly unknown[],
  user: number,
  { mine, both }: { readonly mine: string; readonly both: string },
): readonly unknown[] =>
  (rows as readonly Readonly<Record<string, number>>[]).map((row) => {
    const side = row['low'] === user ? 'low' : 'high';
    const columns = [
      ...mine.split(' ').map((column) => `${side}_${column}`),
      ...both.split(' ').flatMap((column) => [`low_${column}`, `high_${column}`]),
    ];
    for (const column of columns) assert.notEqual(row[column], 0, `no trace in ${column}`);
    return { ...row, ...Object.fromEntries(columns.map((column) => [column, 0])) };
  });

test('[P7] [A5] the deletion of a user does to each table what its policy says', async (t) => {
  const { stage, db, gone, peer, rowOf, rowsAbout } = await withTraces(t);
  const before = rowsAbout(gone);
  await stage.remove(gone);
  const decided = rowsAbout(gone);
  assert.equal(decided.get('pending_deletions')?.length, 1, 'the steps are still to come');
  await stage.store.settle();
  assert.deepEqual(withoutSubject(db), []);
  assert.ok((await stage.log(peer)).length > 0, 'the log of the peer can be read');
  const after = rowsAbout(gone);
  for (const [table, { about, ofUser }] of POLICIES) {
    if (about === null) continue;
    const [was, is] = [before.get(table) ?? [], after.get(table) ?? []];
    assert.ok(was.length > 0 || table.startsWith('pending_'), `no trace in ${table}`);
    if (ofUser.does === 'erases at once') assert.deepEqual(decided.get(table), [], table);
    if (ofUser.does.startsWith('erases')) assert.deepEqual(is, [], table);
    else if (ofUser.does === 'keeps') assert.deepEqual(is, was, table);
    else if (ofUser.does === 'resets') assert.deepEqual(is, withoutSide(was, rowOf(gone), ofUser), table);
    else {
      assert.equal(is.length, was.length, table);
      for (const row of is) assert.equal((row as { is_anonymized: number }).is_anonymized, 1, table);
    }
  }
  const holding = POLICIES.flatMap(([table]) =>
    JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()).includes('gone.user') ? [table] : [],
  );
  assert.deepEqual(holding, ['reserved_names', 'messages']);
});

test('[C4] a conversation that one user deletes changes no more tables than the policy says', async (t) => {
  const { stage, gone, conversation, rowsAbout } = await withTraces(t);
  const before = rowsAbout(gone);
  assert.equal((await stage.hide(gone, conversation)).kind, 'hidden');
  await stage.store.settle();
  const after = rowsAbout(gone);
  const changed = [...before].flatMap(([table, rows]) =>
    JSON.stringify(after.get(table)) === JSON.stringify(rows) ? [] : [table],
  );
  const expected = POLICIES.flatMap(([table, { ofConversation }]) =>
    ofConversation === 'keeps' ? [] : [table],
  );
  assert.deepEqual(changed, expected);
});
