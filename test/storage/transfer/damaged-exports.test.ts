import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, after, test, type TestContext } from 'node:test';
import { systemIds } from '../../../server/runtime/ids.ts';
import { avatarVersion } from '../../../server/storage/avatar-version.ts';
import { TransferError, type TransferFault } from '../../../server/storage/transfer/transfer-error.ts';
import { importIntoPostgres, importIntoSqlite } from '../../../server/transfer/move.ts';
import { bareDatabase, freshDatabase, onServer, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { keepAttachment } from '../attachment-file.ts';
import { sendWith, upload } from '../attaching.ts';
import { openSqliteStage } from '../sqlite-stage.ts';
import { ATTACHMENT_CHANGES } from './damaged-attachments.ts';
import { CHANGES, type Line } from './damaged-records.ts';
import { exportOf, namesIn, newDataDir, sqliteSide } from './stores.ts';

/** Three users: two write to each other, reply and react, one of them has a profile and has set something, one blocks the other, has sent one file and uploaded another, and one has written to one of them and is gone. */
let good: readonly string[] = [];
before(async () => {
  const { stage, store } = await openSqliteStage({ after });
  const [ann = '', ben = '', cleo = ''] = await stage.people('ann', 'ben', 'cleo');
  const first = stage.ids.next();
  const { conversationId } = await stage.say(ann, ben, 'hello from ann', first);
  for (const [from, to] of [
    [ben, ann],
    [cleo, ann],
    [ann, ben],
    [cleo, ben],
  ] as const)
    await stage.say(from, to, `hello from ${from}`);
  await stage.mark(ben, conversationId, 1, 'read');
  await stage.say(ben, ann, 'a reply', undefined, first);
  for (const emoji of ['👍', '🎉', null]) await stage.react(ben, first, emoji);
  await stage.react(ann, first, '👍');
  await stage.do('changeProfile', { userId: ann, displayName: 'Ann', about: 'here' });
  const bytes = Buffer.from('an image');
  await stage.do('setAvatar', {
    userId: ann,
    avatar: { type: 'image/png', version: avatarVersion(bytes), bytes },
  });
  await stage.set(ann, conversationId, { pinned: true, archived: true, mutedUntil: stage.clock.now() + 9 });
  await stage.block(ben, ann);
  for (const bytes of ['a file', '']) keepAttachment(store.dir, bytes);
  await sendWith(stage, ben, cleo, [await upload(stage, ben, 'file.txt', 'a file')]);
  await upload(stage, ben, 'empty', '');
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
  await refused(t, whole().replace('"version":5', '"version":6'), 'newer', /version 6 of the format/);
  await refused(t, whole().replace('"version":5', '"version":0'), 'damaged', /version 0 of the format/);
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

for (const [what, says, change] of [...CHANGES, ...ATTACHMENT_CHANGES])
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

/** What an export of a former version does not have: types of records, kinds of events, and keys. */
const SETTINGS = ['pinned', 'archived', 'muted_until'];
const LATE = ['conversation_updated', 'user_blocked'];
const FILES = ['attachment', 'attachment_bytes'];
const FORMER: readonly {
  readonly version: number;
  readonly knows: string;
  readonly types: readonly string[];
  readonly kinds: readonly string[];
  readonly keys: readonly string[];
}[] = [
  {
    ...{ version: 1, knows: 'no replies, reactions, profiles, settings, blocks and attachments' },
    ...{ types: ['reaction', 'avatar', 'block', ...FILES], kinds: ['user_updated', ...LATE] },
    keys: ['reply_to', 'display_name', 'about', 'attachments', ...SETTINGS],
  },
  {
    ...{ version: 2, knows: 'no profiles, settings, blocks and attachments' },
    ...{ types: ['avatar', 'block', ...FILES], kinds: ['user_updated', ...LATE] },
    keys: ['display_name', 'about', 'attachments', ...SETTINGS],
  },
  {
    ...{ version: 3, knows: 'no settings, blocks and attachments' },
    ...{ types: ['block', ...FILES], kinds: LATE, keys: ['attachments', ...SETTINGS] },
  },
  {
    ...{ version: 4, knows: 'no attachments' },
    ...{ types: FILES, kinds: [], keys: ['attachments'] },
  },
];
/** The objects of a record that have keys of their own. */
const objectsIn = (line: Line): readonly Record<string, unknown>[] => [
  line,
  ...((line['sides'] ?? []) as Record<string, unknown>[]),
];
/** What they are where nothing is said of them. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  user: ['display_name', 'about'],
  message: ['reply_to'],
};

for (const { version, knows, types, kinds, keys } of FORMER)
  test(`an export of version ${String(version)}, which knows ${knows}, makes the same store as before`, async (t) => {
    const path = join(tempDir(t), 'export.jsonl');
    const lines = parsed().filter(({ type, kind }) => !types.includes(type) && !kinds.includes(String(kind)));
    const [header] = lines;
    assert.ok(header);
    header['version'] = version;
    for (const line of lines)
      for (const object of objectsIn(line)) for (const key of keys) Reflect.deleteProperty(object, key);
    writeFileSync(path, textOf(lines));
    const dataDir = newDataDir(t);
    await importIntoSqlite(path, dataDir);
    const again = (await exportOf(t, sqliteSide(dataDir))).split('\n').slice(0, -2);
    header['version'] = 5;
    if (version < 4)
      for (const line of lines)
        for (const side of objectsIn(line).slice(1))
          Object.assign(side, { pinned: false, archived: false, muted_until: null });
    for (const line of lines) for (const key of DEFAULTS[line.type] ?? []) line[key] ??= null;
    for (const line of lines) if (line.type === 'message') line['attachments'] = [];
    assert.deepEqual(
      again,
      lines.map((line) => JSON.stringify(line)),
    );
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
