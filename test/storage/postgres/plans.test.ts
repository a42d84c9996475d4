import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '../../../server/runtime/clock.ts';
import { openDatabase } from '../../../server/storage/postgres/database.ts';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import { indexSome, queueOutdated } from '../../../server/storage/postgres/search/indexer.ts';
import type { Database } from '../../../server/storage/postgres/sql.ts';
import type { Queries } from '../../../server/storage/reads.ts';
import { repositoryRoot } from '../../support/paths.ts';
import { freshDatabase, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { recording, type RunStatement } from './recording.ts';

const USERS = 20_000;
const PEERS = 3;
const CONVERSATIONS = USERS * PEERS;
const EACH = 3;
const id = (kind: number, row: number): string =>
  `0000000${String(kind)}-0000-7000-8000-${row.toString(16).padStart(12, '0')}`;
const idIn = (kind: number, row: string): string =>
  `('0000000${String(kind)}-0000-7000-8000-' || lpad(to_hex(${row}), 12, '0'))::uuid`;

/** Each user writes with the next three; cursors are unique, though with gaps. */
const FILL = `
INSERT INTO users (row, id, username, password_hash, created_at)
  SELECT n, ${idIn(1, 'n')}, 'user' || n, 'hash', n FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO heads (user_row, cursor, name)
  SELECT n, ${String(CONVERSATIONS * EACH + 9_000)}, 'user' || n FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO user_presence SELECT n, 'offline', n FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO user_sessions (id, user_row, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent)
  SELECT ${idIn(2, 'n')}, n, int8send(n), 1, 9e15::bigint, 1, '', '' FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO conversations (row, id, low, high, created_at, last_seq, low_sent, high_sent, low_activity, high_activity)
  SELECT c, ${idIn(3, 'c')}, least(a, b), greatest(a, b), c, ${String(EACH)}, 2, 1, c * ${String(EACH)}, c * ${String(EACH)}
  FROM (SELECT c, 1 + (c - 1) / ${String(PEERS)} AS a,
      1 + ((c - 1) / ${String(PEERS)} + 1 + (c - 1) % ${String(PEERS)}) % ${String(USERS)} AS b
    FROM generate_series(1, ${String(CONVERSATIONS)}) c) t;
INSERT INTO members SELECT low, low_activity / 256, row, high FROM conversations
  UNION ALL SELECT high, high_activity / 256, row, low FROM conversations;
INSERT INTO messages
  SELECT c.row, s, ${idIn(4, `c.row * ${String(EACH)} + s`)}, s,
    CASE s % 2 WHEN 1 THEN c.low ELSE c.high END, CASE s % 2 WHEN 1 THEN c.high ELSE c.low END,
    c.row * ${String(EACH)} + s, c.row * ${String(EACH)} + s, c.row, 'a message with a needle'
  FROM conversations c, generate_series(1, ${String(EACH)}) s;
UPDATE messages SET reply_to = ${idIn(4, `conversation * ${String(EACH)} + 1`)}, reply_seq = 1 WHERE seq = 2;
INSERT INTO reactions (conversation, seq, user_row, emoji, at, cursor, peer_cursor, is_current)
  SELECT conversation, seq, sender, '👍', 1, 1, 1, n = 3 FROM messages, generate_series(1, 3) n;
UPDATE messages SET attachments = ARRAY[id] WHERE seq = ${String(EACH)};
INSERT INTO attachments (id, uploader, name, type, size, sha256, at, conversation, seq, position)
  SELECT id, sender, 'a file', 'image/png', 1, '', 1, conversation, seq, 0 FROM messages WHERE attachments IS NOT NULL;
INSERT INTO attachments (id, uploader, name, type, size, sha256, at)
  SELECT ${idIn(7, 'n')}, n, 'a file', 'image/png', 1, '', 1 FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO removed_messages SELECT c.row, 100, ${idIn(8, 'c.row')}, c.low, 1, 1, 1, '' FROM conversations c;
INSERT INTO events
  SELECT n, ${String(CONVERSATIONS * EACH)} + e, 1 + e % 3, e, 1, 1
  FROM generate_series(1, ${String(USERS)}) n, generate_series(10, 14) e;
INSERT INTO events SELECT n, ${String(CONVERSATIONS * EACH + 40)}, 5, 1, 7 FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO events SELECT n, ${String(CONVERSATIONS * EACH + 50)}, 6, 1, n FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO events SELECT n, ${String(CONVERSATIONS * EACH + 60)}, 7, 1, 1 + n % ${String(USERS)} FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO events SELECT n, ${String(CONVERSATIONS * EACH + 70)}, 9 + n % 2, 1 + n % 2, 1 + n % ${String(USERS)} FROM generate_series(1, ${String(USERS)}) n;
UPDATE users SET display_name = 'Some Name' || row, avatar = 'version';
INSERT INTO user_name_words SELECT n, 'some' FROM generate_series(1, ${String(USERS)}) n
  UNION ALL SELECT n, 'name' || n FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO blocks (user_row, peer, at) SELECT n, 1 + (n + k) % ${String(USERS)}, 1
  FROM generate_series(1, ${String(USERS)}) n, generate_series(1, 5) k;
INSERT INTO avatars SELECT n, 'image/png', 'an image' FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO push_subscriptions SELECT row, user_row, 'https://push.example/' || row, 'key', 'secret', true FROM user_sessions;
INSERT INTO invites (hash, created_at, uses_left) SELECT int8send(n), n, 1 FROM generate_series(1, 2000) n;
INSERT INTO audit_records (at, actor, origin, action, subject)
  SELECT n, 'root', '', 'note', 1 + n % ${String(USERS)} FROM generate_series(1, 5000) n;
INSERT INTO password_resets SELECT n, int8send(n), 1, 2 FROM generate_series(1, ${String(USERS)}) n;
INSERT INTO login_failures SELECT 'key' || n, 1, 1, 1 FROM generate_series(1, 2000) n;
INSERT INTO signups SELECT 'key' || n, 1, 1 FROM generate_series(1, 2000) n;
INSERT INTO search_chunks SELECT n, 0, 1000000 FROM generate_series(100, ${String(USERS)}) n;
INSERT INTO search_lists SELECT n, 0, 0, '' FROM generate_series(100, ${String(USERS)}) n;
INSERT INTO search_todo SELECT 1 + n, 0 FROM generate_series(1, 3) n;
INSERT INTO hosts SELECT ${idIn(9, 'n')}, 'host', '1', 1, 1 FROM generate_series(1, 8) n;
INSERT INTO connections (socket, host, user_row, session, visible, ip_address, opened_at)
  SELECT gen_random_uuid(), ${idIn(9, '1 + n % 8')}, n, 1, true, '', 1 FROM generate_series(1, ${String(USERS)}) n;
ANALYZE`;

/** Counts: those of reactions at the first count alone, and after many changes; of attachments a few with each count, and all of them once a
 *  minute. */
const WALKS = ['store_counts', 'first_attachments', 'all_attachments', 'all_reactions'];
const SMALL = ['search_todo', 'meta', 'hosts', 'retention'];

const askEverything = async (queries: Queries): Promise<void> => {
  const [me, peer, conversation, message] = [id(1, 50), id(1, 51), id(3, 148), id(4, 148 * EACH + 1)];
  await queries.session(id(2, 5));
  await queries.sessionHead(id(2, 5));
  await queries.sessionHeads([id(2, 5), id(2, 6)]);
  await queries.history();
  await queries.probe();
  await queries.headCursor(me);
  await queries.messageCursor(me, message);
  await queries.pair(conversation);
  await queries.messageLocation(message);
  await queries.credentials('user5');
  await queries.credentialsById(me);
  await queries.signups('key5');
  await queries.passwordReset(Buffer.from('none'));
  await queries.me(me);
  await queries.user(me, peer);
  await queries.userIdByName('user5');
  await queries.users(me, 'user1', 50);
  assert.equal((await queries.users(me, 'some name1', 50)).length, 50);
  assert.equal((await queries.avatar(peer))?.version, 'version');
  await queries.partners(me);
  assert.equal((await queries.blocks(me)).length, 5);
  assert.equal(await queries.hasBlock(conversation), false);
  await queries.conversation(me, conversation);
  assert.equal((await queries.conversations(me, 10, null))?.conversations.length, 2 * PEERS);
  assert.equal((await queries.conversations(me, 10, null, { pinned: true }))?.conversations.length, 0);
  const page = (await queries.messages(me, conversation, { limit: 50 }))?.messages ?? [];
  assert.deepEqual(
    page.map(({ attachments }) => attachments.length),
    [0, 0, 1],
  );
  assert.equal((await queries.attachment(me, page.at(-1)?.attachments[0]?.id ?? ''))?.name, 'a file');
  assert.equal((await queries.attachment(me, id(7, 50)))?.name, 'a file');
  assert.equal((await queries.uploaded(me, id(7, 50))).unsent, 1);
  await queries.sessions(me, id(2, 5));
  assert.equal((await queries.pushSubscription(id(2, 5)))?.p256dh, 'key');
  const asked = [{ senderId: peer, recipientId: me }];
  await queries.pushAudiences(asked, id(9, 1));
  assert.ok((await queries.search(me, 'needle user', { limit: 10 })).messages.length === 0);
  assert.ok((await queries.search(me, 'needle', { limit: 10 })).messages.length > 0);
  await queries.search(me, 'ser', { limit: 10 });
  assert.equal((await queries.search(me, 'name19', { type: 'users', limit: 10 })).users.length, 10);
  assert.ok(
    (
      await queries.logs(
        [
          { userId: me, after: 0 },
          { userId: peer, after: 9 },
        ],
        256,
      )
    )[0]?.events.length,
  );
  assert.ok((await queries.undelivered(me, 0, 256)).events.length > 0);
  await queries.adminUsers({ after: null, prefix: 'user1', limit: 50 });
  await queries.adminUser('user5');
  assert.equal((await queries.usernames([me, peer])).length, 2);
  await queries.invites({ before: null, limit: 50 });
  await queries.auditRecords({ before: null, limit: 50 });
  await queries.storeCounts();
  // Once more, because the second count goes on from the first one.
  await queries.storeCounts();
  await queries.hosts();
  await queries.retention();
  const expired = await queries.expiredMessages({ before: 1_000, after: '148:0', limit: 100 });
  assert.equal(expired.messages.length, EACH);
  await queries.seenPresence([me, peer]);
  await queries.presenceChangedSince(0, { after: null, limit: 50 });
  const { next } = await queries.blocksChangedSince(0, { after: null, limit: 50 });
  assert.equal((await queries.blocksChangedSince(0, { after: next, limit: 50 })).pairs.length, 50);
};

/** The statements that the files of the queries and the search define. */
const namesInSources = (): Set<string> => {
  const folder = join(repositoryRoot, 'server/storage/postgres');
  const files = ['queries', 'search'].flatMap((each) =>
    readdirSync(join(folder, each)).map((file) => join(each, file)),
  );
  const names = ['queries.ts', ...files].flatMap((file) => {
    const [, ...parts] = readFileSync(join(folder, file), 'utf8').split(/= statement\b/);
    return parts.map((part) => /\(\s*'(\w+)',/.exec(part)?.[1] ?? '');
  });
  return new Set(names);
};

const literal = (value: unknown): string => {
  if (value === null) return 'NULL';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (Array.isArray(value)) {
    const items = value.map((each) =>
      Buffer.isBuffer(each) ? `\\\\x${each.toString('hex')}` : String(each),
    );
    return `'{${items.map((each) => `"${each}"`).join(',')}}'`;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
};

const plansOf = async (client: Client, { text, values }: RunStatement): Promise<readonly string[]> => {
  await client.query(`PREPARE planned AS ${text}`);
  const given = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
  const plans: string[] = [];
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query(`SET plan_cache_mode = ${mode}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE planned ${given}`);
    plans.push(`${mode}\n${rows.map((row) => row['QUERY PLAN']).join('\n')}`);
  }
  await client.query('DEALLOCATE planned');
  return plans;
};

/** Runs all statements of the queries and the search, and plans each anew. */
const findWalks = async (database: Database, client: Client): Promise<readonly string[]> => {
  const { recorded, names } = recording(database);
  while (await indexSome(recorded));
  await client.query('INSERT INTO search_todo SELECT 50, n FROM generate_series(0, 44) n');
  while (await indexSome(recorded));
  await queueOutdated(recorded, 10);
  await client.query('ANALYZE');
  await askEverything(openPostgresQueries(recorded, systemClock));

  assert.deepEqual([...names.keys()].sort(), [...namesInSources()].sort(), 'all statements were run');
  const found: string[] = [];
  for (const [name, run] of names) {
    if (WALKS.includes(name)) continue;
    for (const plan of await plansOf(client, run)) {
      const walked = [...plan.matchAll(/Seq Scan on (\w+)/g)].map(([, table = '']) => table);
      if (walked.some((table) => !SMALL.includes(table))) found.push(`${name}: ${plan}`);
    }
  }
  return found;
};

const title = 'no statement of the queries and the search walks a whole table';
test(title, { skip: withoutPostgres }, async (t) => {
  const connection = optionsOf(await freshDatabase(t));
  const { hosts, user, password, database: name } = connection;
  const client = new Client({ ...hosts[0], user, password: password ?? '', database: name });
  await client.connect();
  const database = openDatabase({ connection, purpose: 'write', connections: 2, clock: systemClock });
  try {
    await client.query(FILL);
    const walks = await findWalks(database, client);
    assert.equal(walks.join('\n\n'), '');
  } finally {
    await client.end();
    await database.close();
  }
});
