import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '../../server/backup/manifest.ts';
import { openArchive } from '../../server/backup/archive.ts';
import { sayWith, upload } from '../support/attach.ts';
import { ChatClient, expectStatus, twoPeople } from '../support/chat-client.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { bareDatabase, withoutPostgres } from '../support/postgres.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const KEYS = {
  PARLEY_JWT_SECRET: 'a key of these tests, which has 32 bytes',
  PARLEY_REFRESH_SECRET: 'another key of these tests with 32 bytes',
};
const TEXTS = ['one', 'two', 'three'];
const ALL = [...TEXTS, 'with a photo'];

const bytesOf = async (client: ChatClient, id: string): Promise<Buffer> =>
  expectStatus(await client.http('GET', `/attachments/${id}`), 200).bytes;

interface Made extends Manifest {
  readonly longest_step_ms: number | null;
}

const logsOf = async (file: string): Promise<string> => {
  const archive = await openArchive(file);
  try {
    return (await archive.read('logs.jsonl')).toString();
  } finally {
    await archive.close();
  }
};

const textsOf = async (me: ChatClient, peer: { id: string }): Promise<readonly string[]> => {
  const { id } = await me.conversationWith(peer);
  return (await me.history(id)).map(({ content }) => content);
};

test(
  '[P11][P10] a backup of PostgreSQL, made while a server runs, is proven and becomes either store',
  { skip: withoutPostgres },
  async (t) => {
    const on = { PARLEY_DATABASE_URL: await bareDatabase(t), ...KEYS };
    const server = await ServerProcess.start(t, on, tempDir(t));
    const [ada, ben] = await twoPeople(t, server);
    const { socket } = await ada.online();
    for (const text of TEXTS) await say(socket, ben, text);
    const photo = randomBytes(700_000);
    const { id: attachment } = await upload(ada, photo, { name: 'photo.jpg', type: 'image/jpeg' });
    await sayWith(socket, ben, [attachment], 'with a photo');
    const folder = tempDir(t);
    const file = join(folder, 'b.tar');
    const made = await commandAnswer<Made>(server.dataDir, ['backup', file], on);
    assert.deepEqual(
      [made.counts.users, made.counts.messages, made.keys, made.longest_step_ms],
      [2, 4, [], null],
    );
    await say(socket, ben, 'after the backup');
    const opened = await ada.connect();
    const { payload } = await opened.next('welcome');
    assert.equal(made.history, payload.history);
    const beside = readdirSync(server.dataDir).filter((name) => /^(backup-copy|import)/.test(name));
    assert.deepEqual(beside, []);
    const verified = await commandAnswer<{ restorable: boolean }>(server.dataDir, ['verify', file], on);
    assert.equal(verified.restorable, true);
    await server.kill('SIGTERM');

    const url = await bareDatabase(t);
    const restored = await commandAnswer<{ database: string; history: string }>(
      server.dataDir,
      ['restore', file, '--to', url],
      on,
    );
    assert.notEqual(restored.history, made.history);
    assert.deepEqual(readdirSync(folder), ['b.tar']);
    const second = await ServerProcess.start(t, { ...on, PARLEY_DATABASE_URL: url }, tempDir(t));
    const again = await ChatClient.login(t, second, ada.username);
    assert.deepEqual(await textsOf(again, ben), ALL);
    assert.deepEqual(await bytesOf(again, attachment), photo);
    const resumed = await again.connect({ cursor: payload.cursor, history: made.history });
    const welcome = await resumed.next('welcome');
    assert.deepEqual([welcome.payload.reset, welcome.payload.history], [true, restored.history]);
    const copy = join(folder, 'again.tar');
    await commandAnswer(second.dataDir, ['backup', copy], { ...on, PARLEY_DATABASE_URL: url });
    assert.equal((await logsOf(copy)).split('\n').length, (await logsOf(file)).split('\n').length);
    const full = await runCommand(second.dataDir, ['restore', file, '--to', url], on);
    assert.deepEqual([full.code, full.stderr.includes('A server is connected to')], [75, true], full.stderr);

    const dataDir = join(folder, 'data');
    await commandAnswer(server.dataDir, ['restore', file, '--to', dataDir]);
    const third = await ServerProcess.start(t, {}, dataDir);
    const last = await ChatClient.login(t, third, ada.username);
    assert.deepEqual(await textsOf(last, ben), ALL);
    assert.deepEqual(await bytesOf(last, attachment), photo);
  },
);

test(
  '[P11] what is wrong with a backup or its target is said before PostgreSQL is touched',
  { skip: withoutPostgres },
  async (t) => {
    const on = { PARLEY_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing', ...KEYS };
    const folder = tempDir(t);
    const host = join(folder, 'host');
    const file = join(folder, 'b.tar');
    const unreachable = await runCommand(host, ['backup', file], on);
    assert.notEqual(unreachable.code, 0);
    assert.match(unreachable.stderr, /no database can be reached/);
    assert.equal(existsSync(file), false);
    const url = await bareDatabase(t);
    const missing = await runCommand(host, ['restore', file, '--to', url], on);
    assert.deepEqual([missing.code, missing.stderr.includes('there is no file')], [66, true], missing.stderr);
    const wrong = await runCommand(host, ['restore', file, '--to', 'postgres://'], on);
    assert.deepEqual([wrong.code, wrong.stderr.includes('--to')], [78, true], wrong.stderr);
  },
);
