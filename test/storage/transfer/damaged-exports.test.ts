import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, after, test, type TestContext } from 'node:test';
import { systemIds } from '../../../server/runtime/ids.ts';
import { TransferError, type TransferFault } from '../../../server/storage/transfer/transfer-error.ts';
import { importIntoPostgres, importIntoSqlite } from '../../../server/transfer/move.ts';
import { bareDatabase, freshDatabase, onServer, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { openSqliteStage } from '../sqlite-stage.ts';
import { exportOf, namesIn, newDataDir, sqliteSide } from './stores.ts';

interface Line {
  type: string;
  [key: string]: unknown;
}

/** Three users: two write to each other, one has written to one of them and is gone. */
let good: readonly string[] = [];
before(async () => {
  const { stage, store } = await openSqliteStage({ after });
  const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
  const { conversationId } = await stage.say(ann, ben, 'hello from ann');
  for (const [from, to] of [
    [ben, ann],
    [cleo, ann],
    [ann, ben],
    [cleo, ben],
  ] as const)
    await stage.say(from, to, `hello from ${from}`);
  await stage.mark(ben, conversationId, 1, 'read');
  await stage.remove(cleo);
  await stage.do('createInvite', {
    hash: Buffer.from('a hash'),
    uses: 1,
    ttlMs: null,
    audit: { actor: 'root', origin: 'console' },
  });
  good = (await exportOf({ after }, sqliteSide(store.dir))).trimEnd().split('\n');
});

const parsed = (): Line[] => good.slice(0, -1).map((line) => JSON.parse(line) as Line);

/** With an end that fits. */
const textOf = (lines: readonly Line[]): string => {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(body).digest('hex');
  return `${body}${JSON.stringify({ type: 'end', lines: lines.length + 1, sha256 })}\n`;
};

const refused = async (
  t: TestContext,
  text: string | Uint8Array,
  reason: TransferFault,
  says: RegExp,
): Promise<void> => {
  const path = join(tempDir(t), 'export.jsonl');
  writeFileSync(path, text);
  const dataDir = newDataDir(t);
  await assert.rejects(importIntoSqlite(path, dataDir), (error: unknown) => {
    assert.ok(error instanceof TransferError, String(error));
    assert.match(error.message, says);
    assert.equal(error.reason, reason, error.message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  assert.deepEqual(namesIn(dataDir), []);
};

const whole = (): string => `${good.join('\n')}\n`;

test('a file that is not whole, or was changed, is refused', async (t) => {
  await refused(t, '', 'damaged', /is empty/);
  await refused(t, '\u0000\u0001\u0002\n', 'foreign', /is not an export of Parley/);
  await refused(t, '{"type":"users"}\n', 'foreign', /is not an export of Parley/);
  await refused(t, 'no line', 'foreign', /is not an export of Parley/);
  await refused(t, whole().replace('"version":1', '"version":2'), 'newer', /version 2 of the format/);
  await refused(t, whole().replace('"version":1', '"version":0'), 'damaged', /version 0 of the format/);
  for (const cut of [1, 20, 100])
    await refused(t, whole().slice(0, -cut), 'damaged', /the file ends within this line/);
  const short = good.slice(0, -1).join('\n');
  await refused(
    t,
    `${short}\n`,
    'damaged',
    new RegExp(`ends after line ${String(good.length - 1)}: the rest`),
  );
  await refused(t, whole().replace('hello from', 'hullo from'), 'damaged', /the checksum is wrong/);
  await refused(t, `${whole()}\n`, 'damaged', /after the end of the export/);
  const latin = Buffer.from(whole().replace('hello', 'h\u00e9llo'), 'latin1');
  await refused(t, latin, 'damaged', /line \d+: it is not JSON in UTF-8/);
  await refused(t, `${good[0] ?? ''}\n${'x'.repeat(2_000_000)}`, 'damaged', /too long/);
});

type Change = (lines: Line[], find: (type: string, at?: number) => Line) => void;

/** What is wrong, and what is said of it. */
const CHANGES: readonly (readonly [what: string, says: RegExp, change: Change])[] = [
  [
    'an unknown type',
    /line 2: it has a type that is none of user/,
    (_, find) => void (find('user').type = 'group'),
  ],
  ['a key too many', /line 2: .*unrecognized/i, (_, find) => void (find('user')['more'] = 1)],
  ['a key too few', /line 2: role/, (_, find) => delete find('user')['role']],
  ['a time that is none', /line 2: created_at/, (_, find) => void (find('user')['created_at'] = 'now')],
  ['a NUL', /content: must hold no NUL/, (_, find) => void (find('message')['content'] = 'a\0')],
  ['half a pair', /content: .*surrogate/, (_, find) => void (find('message')['content'] = 'a\ud800')],
  ['a text too long', /at most 5000/, (_, find) => void (find('message')['content'] = 'a'.repeat(5001))],
  [
    'a user twice',
    /line 3: the user .* is there twice/,
    (lines, find) => void lines.splice(2, 0, find('user')),
  ],
  [
    'an order of its own',
    /is not where the order wants it/,
    (lines) => void lines.splice(1, 0, ...lines.splice(2, 1)),
  ],
  [
    'types in another order',
    /a user stands after a message/,
    (lines, find) => {
      lines.splice(lines.indexOf(find('event')), 0, find('user'));
    },
  ],
  [
    'a name twice',
    /line 3: the username belongs to another user already/,
    (_, find) => {
      find('user', 1)['username'] = find('user')['username'];
    },
  ],
  ['a name and a deletion', /line 2: a user has either/, (_, find) => void (find('user')['deleted_at'] = 5)],
  [
    'a reserved name in use',
    /the name cleo is reserved, and a user has it/,
    (_, find) => {
      find('user')['username'] = 'cleo';
    },
  ],
  [
    'a conversation with nobody',
    /there is no user ffffffff/,
    (_, find) => {
      const [, second] = find('conversation')['sides'] as { user_id: string }[];
      if (second !== undefined) second.user_id = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
  [
    'a message of a third',
    /the sender .* is none of the two/,
    (_, find) => {
      find('message')['sender_id'] = find('user', 2)['id'];
    },
  ],
  [
    'a hole in a conversation',
    /the seq is 3, and 2 is the next one/,
    (_, find) => void (find('message', 1)['seq'] = 3),
  ],
  [
    'an id twice',
    /the id belongs to another message already/,
    (_, find) => {
      find('message', 1)['id'] = find('message')['id'];
    },
  ],
  [
    'a cursor twice',
    /the cursor \d+ of .* is used already/,
    (_, find) => {
      const own = find('message', 3);
      const other = find('message', 2);
      const mine = own['sender_id'] === other['sender_id'] ? 'sender_cursor' : 'recipient_cursor';
      own[mine] = other[mine];
    },
  ],
  [
    'a cursor beyond the log',
    /beyond the end of their log/,
    (_, find) => void (find('message', 2)['sender_cursor'] = 99),
  ],
  [
    'a position beyond the end',
    /a position of the conversation .* is beyond its last message/,
    (_, find) => {
      const [first] = find('conversation')['sides'] as { read: number }[];
      if (first !== undefined) first.read = 9;
    },
  ],
  [
    'an event of a message that is none',
    /has no message 7/,
    (lines) => {
      for (const line of lines) if (line['kind'] === 'read') line['seq'] = 7;
    },
  ],
  [
    'a receipt without a seq',
    /a receipt has a seq/,
    (lines) => {
      for (const line of lines) if (line['kind'] === 'read') line['seq'] = null;
    },
  ],
  [
    'an event of a cursor in use',
    /the cursor 2 is used already/,
    (_, find) => void (find('event')['cursor'] = 2),
  ],
  [
    'a session of nobody',
    /there is no user/,
    (_, find) => {
      find('session')['user_id'] = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
  [
    'a hash that is none',
    /refresh_hash: must be base64url/,
    (_, find) => void (find('session')['refresh_hash'] = 'a+b='),
  ],
  ['an invite without a number', /number/, (_, find) => void (find('invite')['number'] = 0)],
  [
    'a record of nobody',
    /there is no user/,
    (_, find) => {
      find('audit_record')['subject_id'] = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
];

for (const [what, says, change] of CHANGES)
  test(`refused: ${what}`, async (t) => {
    const lines = parsed();
    change(lines, (type, at = 0) => {
      const found = lines.filter((line) => line.type === type)[at];
      assert.ok(found, `no ${type} ${String(at)}`);
      return found;
    });
    await refused(t, textOf(lines), 'damaged', says);
  });

test('logs that contradict each other are refused', async (t) => {
  const id = (n: number): string => `00000000-0000-7000-8000-00000000000${String(n)}`;
  const user = (n: number): Line => ({
    type: 'user',
    ...{ id: id(n), username: `user-${String(n)}`, created_at: 1, deleted_at: null, deleted_name: null },
    ...{ role: 'user', disabled_at: null, password_hash: 'x', last_seen: null, cursor: 2 },
  });
  const conversation = (n: number, a: number, b: number): Line => ({
    type: 'conversation',
    id: id(n),
    created_at: 1,
    sides: [a, b].map((each) => ({ user_id: id(each), delivered: 0, read: 0, cleared: 0, hidden: false })),
  });
  // Each of three users has the message to the next one before that from the one before.
  const message = (
    n: number,
    talk: number,
    [sender, mine, theirs]: readonly [number, number, number],
  ): Line => ({
    type: 'message',
    ...{ id: id(n), conversation_id: id(talk), seq: 1, sender_id: id(sender) },
    ...{ sender_cursor: mine, recipient_cursor: theirs, sent_at: 1, content: 'x' },
  });
  const lines = [
    { type: 'parley-export', version: 1 },
    ...[user(1), user(2), user(3)],
    ...[conversation(4, 1, 2), conversation(5, 1, 3), conversation(6, 2, 3)],
    ...[message(7, 4, [1, 1, 2]), message(8, 5, [3, 1, 2]), message(9, 6, [2, 1, 2])],
  ];
  await refused(t, textOf(lines), 'damaged', /they contradict each other/);
});

test('a file in the order of another program, with other spaces, makes the same store', async (t) => {
  const path = join(tempDir(t), 'export.jsonl');
  const body = parsed()
    .map(
      (line) =>
        `${JSON.stringify(Object.fromEntries(Object.entries(line).reverse()), null, 1).replaceAll('\n', ' ')}\n`,
    )
    .join('');
  const sha256 = createHash('sha256').update(body).digest('hex');
  writeFileSync(path, `${body}{"sha256":"${sha256}", "lines":${String(good.length)}, "type":"end"}\n`);
  const dataDir = newDataDir(t);
  await importIntoSqlite(path, dataDir);
  assert.equal(await exportOf(t, sqliteSide(dataDir)), whole());
});

test('an import never replaces data', { skip: withoutPostgres }, async (t) => {
  const path = join(tempDir(t), 'export.jsonl');
  writeFileSync(path, whole());
  const dataDir = newDataDir(t);
  await importIntoSqlite(path, dataDir);
  const before_ = readFileSync(join(dataDir, 'parley.db'));
  const again = newDataDir(t);
  writeFileSync(join(again, 'parley.db'), before_);
  await assert.rejects(importIntoSqlite(path, again), /holds a database already/);
  const url = await bareDatabase(t);
  const target = { connection: optionsOf(url), dataDir: newDataDir(t) };
  await importIntoPostgres(path, target, systemIds);
  await assert.rejects(
    importIntoPostgres(path, target, systemIds),
    /holds users or other data of Parley already/,
  );
  const foreign = await bareDatabase(t);
  await onServer(foreign, 'CREATE TABLE pets (name text)');
  await assert.rejects(
    importIntoPostgres(path, { ...target, connection: optionsOf(foreign) }, systemIds),
    /tables of another program/,
  );
  const damaged = await freshDatabase(t);
  writeFileSync(path, whole().slice(0, -3));
  await assert.rejects(
    importIntoPostgres(path, { ...target, connection: optionsOf(damaged) }, systemIds),
    /the file ends within this line/,
  );
  assert.deepEqual(await onServer(damaged, 'SELECT count(*)::int FROM users'), [[0]]);
  assert.deepEqual(namesIn(target.dataDir), []);
});
