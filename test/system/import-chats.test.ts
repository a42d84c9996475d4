import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { SearchAnswer } from '../../server/protocol/resources/search.ts';
import { ChatClient, expectStatus, PASSWORD } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { operatorEntry } from '../support/paths.ts';
import { bareDatabase, withoutPostgres } from '../support/postgres.ts';
import { say } from '../support/say.ts';
import { onPostgres, ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { OWNER_ID, personalChat, telegramText, wholeAccount } from '../transfer/chats/telegram-export.ts';

const MESSAGES = 120;
const START = 1_609_495_200_000;

/** Tom, whose account was exported, has written with Ada, with Ben, and with somebody who is no user. */
const account = (): string =>
  JSON.stringify(
    wholeAccount([
      personalChat(
        5,
        Array.from({ length: MESSAGES }, (_, n) =>
          telegramText(n + 1, n % 2 === 0 ? OWNER_ID : 5, `needle ${String(n)}`),
        ),
        'Ada Lovelace',
      ),
      personalChat(6, [telegramText(1, 6, 'Tom, did you see this?'), { id: 2, type: 'service' }], 'Ben'),
      personalChat(7, [telegramText(1, 7, 'hello from Cyd', { photo: 'x.jpg' })], 'Cyd'),
    ]),
  );

interface Answer {
  readonly people: readonly { readonly name: string; readonly username: string; readonly new: boolean }[];
  readonly undecided: readonly { readonly username: string }[];
  readonly conversations: number;
  readonly messages: number;
  readonly left_out: readonly { readonly place: string; readonly what: string }[];
  readonly changed: readonly { readonly place: string; readonly what: string }[];
}

const KINDS = [
  { name: 'SQLite', skip: sqliteOnly, settings: () => Promise.resolve({}) },
  {
    name: 'PostgreSQL',
    skip: sqliteOnly === false ? withoutPostgres : sqliteOnly,
    settings: async (t: Scope) => onPostgres(await bareDatabase(t)),
  },
];

for (const { name, skip, settings } of KINDS)
  test(
    `${name}: a Telegram account is imported into a store with users, who then see it`,
    { skip },
    async (t) => {
      const set = await settings(t);
      const server = await ServerProcess.start(t, set);
      const { dataDir } = server;
      const [tom, ada, eve] = [
        await ChatClient.register(t, server, 'tom'),
        await ChatClient.register(t, server, 'ada.l'),
        await ChatClient.register(t, server, 'eve'),
      ];
      await tom.conversationWith(ada);
      const { socket } = await tom.online();
      await say(socket, eve, 'written here');
      const folder = tempDir(t);
      const [file, map] = [join(folder, 'result.json'), join(folder, 'map')];
      writeFileSync(file, account());
      writeFileSync(map, 'Tom Owner = tom\nAda Lovelace = ada.l\n');
      const args = ['import', '--from', 'telegram', file, '--map', map];

      const dry = await commandAnswer<Answer>(dataDir, [...args, '--dry-run'], set);
      assert.deepEqual([dry.conversations, dry.messages], [3, MESSAGES + 2]);
      assert.equal((await runCommand(dataDir, args, set)).code, 75, 'while the server runs');
      await server.kill('SIGTERM');

      const done = await commandAnswer<Answer>(dataDir, args, set);
      assert.deepEqual({ ...done, dry_run: true, ms: 0 }, { ...dry, ms: 0 });
      assert.deepEqual(
        done.people.map((each) => [each.name, each.username, each.new]),
        [
          ['tom_o', 'tom', false],
          ['Ada Lovelace', 'ada.l', false],
          ['Ben', 'ben', true],
          ['Cyd', 'cyd', true],
        ],
      );
      assert.deepEqual([done.left_out.length, done.changed.length], [1, 1]);
      const again = await runCommand(dataDir, args, set);
      assert.equal(again.code, 73, again.stderr);
      assert.match(again.stderr, /^Nothing is left to import from .* it has been imported already/);

      const next = await ServerProcess.start(t, set, dataDir);
      await seesAll(t, next, eve);
      const { code } = await commandAnswer<{ code: string }>(dataDir, ['user', 'reset-password', 'cyd'], set);
      const refused = await http('POST', `${next.url}/auth/login`, {
        body: { username: 'cyd', password: PASSWORD },
      });
      assert.equal(refused.status, 401, 'nobody knows a password of a new account');
      const reset = { code, new_password: PASSWORD };
      expectStatus(await http('POST', `${next.url}/auth/reset`, { body: reset }), 200);
      const cyd = await ChatClient.login(t, next, 'cyd');
      const list = await cyd.get<{ conversations: ConversationResource[] }>('/conversations');
      assert.equal(list.conversations[0]?.last_message?.content, 'hello from Cyd');
      const { records } = await commandAnswer<{ records: { action: string; target: string }[] }>(
        dataDir,
        ['audit'],
        set,
      );
      assert.ok(records.some(({ action, target }) => action === 'import' && target === 'result.json'));
    },
  );

/** As Tom, and then as Ada. */
const seesAll = async (t: Scope, server: ServerProcess, eve: { readonly id: string }): Promise<void> => {
  const tom = await ChatClient.login(t, server, 'tom');
  const { conversations } = await tom.get<{ conversations: ConversationResource[] }>('/conversations');
  assert.deepEqual(
    conversations.map(({ peer, unread_count }) => [peer.username, unread_count]),
    [
      ['eve', 0],
      ['ada.l', 0],
      // Of the same second: the order of the file decides.
      ['cyd', 0],
      ['ben', 0],
    ],
    'what was written here is newer than what was imported',
  );
  const withAda = conversations[1];
  assert.ok(withAda !== undefined);
  assert.deepEqual([withAda.read_seq.me, withAda.read_seq.peer], [MESSAGES, MESSAGES - 1]);
  const history = await tom.history(withAda.id);
  assert.deepEqual(
    history.map(({ seq, content, sent_at }) => [seq, content, Date.parse(sent_at)]),
    Array.from({ length: MESSAGES }, (_, n) => [n + 1, `needle ${String(n)}`, START + (n + 1) * 1000]),
  );
  const ada = await ChatClient.login(t, server, 'ada.l');
  const found = await ada.get<SearchAnswer>('/search?q=needle%2011&type=messages');
  assert.equal(found.messages[0]?.content, 'needle 119');
  const { socket, cursor } = await ada.online();
  assert.ok(cursor >= MESSAGES);
  await say(socket, tom, 'and on it goes');
  assert.equal((await ada.history(withAda.id)).at(-1)?.seq, MESSAGES + 1);
  const { socket: own } = await tom.online();
  await say(own, eve, 'here too');
};

test('a Mattermost export is imported into an empty store', { skip: sqliteOnly }, async (t) => {
  const file = join(tempDir(t), 'export.jsonl');
  const post = (user: string, message: string, create_at: number) => ({
    type: 'direct_post',
    direct_post: { channel_members: ['ada', 'ben'], user, message, create_at },
  });
  const lines = [{ type: 'version', version: 1 }, post('ben', 'second', 2_000), post('ada', 'first', 1_000)];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const dataDir = join(tempDir(t), 'data');
  const { stdout } = await runCommand(dataDir, ['import', '--from', 'mattermost', file]);
  assert.match(stdout, /^PERSON +BECOMES +WHICH IS\nada +ada +new account\nben +ben +new account\n/);
  assert.match(stdout, /1 conversation, 2 messages imported, in/);
  const server = await ServerProcess.start(t, {}, dataDir);
  assert.equal((await commandAnswer<{ messages: number }>(dataDir, ['status'])).messages, 2);
  await server.kill();
});

test('what is wrong is said in one sentence, and changes nothing', { skip: sqliteOnly }, async (t) => {
  const folder = tempDir(t);
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const good = file('good.json', account());
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--from', 'telegram', join(folder, 'none')], 66, /there is no file at/],
    [['--from', 'telegram', file('cut', account().slice(0, -5))], 65, /it ends too early/],
    [['--from', 'mattermost', good], 65, /is no bulk export of Mattermost/],
    [['--from', 'telegram', file('empty.json', '{"type":"personal_chat","id":5}')], 65, /holds no message/],
    [['--from', 'icq', good], 64, /Choices: "telegram", "mattermost"/],
    [
      ['--from', 'telegram', good, '--map', file('map', 'Eve = eve')],
      65,
      /nobody in the file is called "Eve"/,
    ],
    [[good, '--dry-run'], 64, /--map and --dry-run need --from/],
  ];
  const dataDir = join(folder, 'data');
  for (const [args, code, says] of cases) {
    const run = await runCommand(dataDir, ['import', ...args]);
    assert.equal(run.code, code, run.stderr);
    assert.match(run.stderr, says);
    assert.equal(run.stdout, '');
    assert.ok(!existsSync(join(dataDir, 'parley.db')));
  }
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => name.startsWith('import-')),
    [],
  );
});

test('an import that is killed leaves everything as it was', { skip: sqliteOnly }, async (t) => {
  const folder = tempDir(t);
  const file = join(folder, 'result.json');
  const chats = Array.from({ length: 20 }, (_, n) =>
    personalChat(
      n + 1,
      Array.from({ length: 1_000 }, (_each, m) => telegramText(m + 1, n + 1, `needle ${'hay '.repeat(100)}`)),
      `Peer ${String(n)}`,
    ),
  );
  writeFileSync(file, JSON.stringify(wholeAccount(chats)));
  const server = await ServerProcess.start(t);
  await ChatClient.register(t, server, 'tom');
  const { dataDir } = server;
  await server.kill('SIGTERM');
  const before = join(folder, 'before.jsonl');
  const { sha256 } = await commandAnswer<{ sha256: string }>(dataDir, ['export', before]);
  const child = spawn(process.execPath, [operatorEntry, 'import', '--from', 'telegram', file], {
    env: { PATH: process.env['PATH'], PARLEY_DATA_DIR: dataDir },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const folders = () => readdirSync(dataDir).filter((name) => name.startsWith('import-'));
  await eventually('the new database is being made', () => folders().length === 2);
  child.kill('SIGKILL');
  await ended;
  const { records } = await commandAnswer<{ records: { action: string; detail: { sha256: string } }[] }>(
    dataDir,
    ['audit'],
  );
  assert.deepEqual([records[0]?.action, records[0]?.detail.sha256], ['export', sha256]);
  assert.equal((await commandAnswer<{ messages: number }>(dataDir, ['status'])).messages, 0);
  const { messages } = await commandAnswer<Answer>(dataDir, ['import', '--from', 'telegram', file]);
  assert.equal(messages, 20_000);
  assert.deepEqual(folders(), [], 'what the killed one left is gone');
});
