import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../server/runtime/clock.ts';
import { openDatabase } from '../../../server/storage/postgres/database.ts';
import { statement, type Database } from '../../../server/storage/postgres/sql.ts';
import { optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { upload } from '../attaching.ts';
import { postgresStore } from '../postgres-store.ts';
import { Stage } from '../stage.ts';

/** Where a name may stay, and why. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'the name': ['reserved_names', 'users'],
};

const TABLES = statement<[table: string]>(
  '',
  `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`,
);

/** Every table whose rows, written as text, hold one of the canaries. */
const tracesIn = async (
  database: Database,
  canaries: Readonly<Record<string, string>>,
): Promise<Record<string, string[]>> => {
  const traces: Record<string, string[]> = {};
  for (const [table] of await database.query(TABLES)) {
    const rows = await database.query(statement<[row: string]>('', `SELECT t::text FROM ${table} t`));
    for (const [what, canary] of Object.entries(canaries))
      if (rows.some(([row]) => row.includes(canary))) traces[what] = [...(traces[what] ?? []), table];
  }
  return traces;
};

test(
  '[P7] [A5] a deleted user leaves a name where it must stay, and nothing else in any table',
  { skip: withoutPostgres },
  async (t) => {
    let url = '';
    const stage = await Stage.open(t, async (scope, clock) => {
      const store = await postgresStore(scope, clock);
      ({ url } = store);
      return store;
    });
    const database = openDatabase({
      connection: optionsOf(url),
      purpose: 'read',
      connections: 1,
      clock: systemClock,
    });
    t.after(() => database.close());
    const refresh = 'canary-of-refresh';
    const session = { ...stage.session(refresh), ipAddress: '192.0.2.77', userAgent: 'canary-agent' };
    const ann = await stage.person('canary-name', session);
    const ben = await stage.person('ben');
    const { conversationId, seq } = await stage.say(ann, ben, 'canary-text');
    await stage.mark(ben, conversationId, seq, 'read');
    const { socketId } = await stage.connect(ann, session.id, { ipAddress: session.ipAddress });
    await stage.do('subscribePush', {
      userId: ann,
      sessionId: session.id,
      subscription: { endpoint: 'https://canary.example', p256dh: 'key', auth: 'secret', showText: true },
    });
    await upload(stage, ann, 'canary-file');
    await stage.failLogin('198.51.100.1', 'canary-name');
    const codeHash = Buffer.from('canary-of-code');
    const audit = { actor: 'root', origin: 'console' };
    await stage.do('createPasswordReset', { username: 'canary-name', codeHash, ttlMs: 1e6, audit });
    const canaries = {
      'the name': 'canary-name',
      'the password': 'hash of canary-name',
      'an address': '192.0.2.77',
      'an agent': 'canary-agent',
      'a socket': socketId,
      'a session': Buffer.from(refresh).toString('hex'),
      'an endpoint': 'https://canary.example',
      'a code': codeHash.toString('hex'),
      'a file that was not sent': 'canary-file',
    };
    const before = await tracesIn(database, canaries);
    assert.deepEqual(
      Object.keys(before).sort(),
      Object.keys(canaries).sort(),
      'each is found while the user lives',
    );
    await stage.remove(ann);
    await stage.store.settle();
    assert.deepEqual(await tracesIn(database, canaries), KEPT);
    const answers = JSON.stringify([
      await stage.queries.conversations(ben, 50, null),
      await stage.queries.messages(ben, conversationId, { limit: 50 }),
      await stage.queries.user(ben, ann),
      await stage.queries.search(ben, 'canary', { limit: 50 }),
      await stage.log(ben),
      await stage.queries.auditRecords({ before: null, limit: 50 }),
      await stage.queries.adminUsers({ after: null, prefix: '', limit: 50 }),
    ]);
    assert.ok(answers.includes('canary-text') && !answers.includes('canary-name'), answers);
  },
);
