import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { EXIT_REFUSED } from '../../server/runtime/threads/threads.ts';
import { STATE_FILE, WAL_FILE } from '../../server/storage/sqlite/files/file-state.ts';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { twoPeople, type ChatClient } from '../support/chat-client.ts';
import { copyFolder } from '../support/data-copies.ts';
import { runCommand } from '../support/operator-command.ts';
import { say } from '../support/say.ts';
import { isSample, scaled, testInFull } from '../support/scale.ts';
import { failedStart, ServerProcess, ServerRun } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Crashed {
  readonly server: ServerProcess;
  readonly ben: ChatClient;
  readonly conversationId: string;
  /** A copy of `parley.db` alone, of a server that had been stopped, and one that SQLite made of a running one. */
  readonly copy: string;
  readonly backup: string;
}

const fileIn = (server: ServerProcess, name: string): string => join(server.dataDir, name);

const sayAll = async (ada: ChatClient, ben: ChatClient, texts: readonly string[]): Promise<void> => {
  const { socket } = await ada.online();
  for (const text of texts) await say(socket, ben, text);
  socket.terminate();
};

/** Stopped and copied after `first`, killed after `second` and `third`; a backup was made between those two. */
const crashed = async (t: TestContext): Promise<Crashed> => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const folder = tempDir(t);
  const [copy, backup] = [join(folder, 'copy.db'), join(folder, 'backup.db')];
  await sayAll(ada, ben, ['first']);
  await server.kill('SIGTERM');
  copyFileSync(fileIn(server, DATABASE_FILE), copy);
  await server.restart();
  await sayAll(ada, ben, ['second']);
  const db = new Database(fileIn(server, DATABASE_FILE), { readonly: true });
  await db.backup(backup);
  db.close();
  await sayAll(ada, ben, ['third']);
  const { id } = await ada.conversationWith(ben);
  await server.kill('SIGKILL');
  return { server, ben, conversationId: id, copy, backup };
};

const refusal = async (t: TestContext, server: ServerProcess): Promise<string> => {
  const { code, output } = await failedStart(t, { PARLEY_DATA_DIR: server.dataDir });
  assert.equal(code, EXIT_REFUSED, output);
  const line = output.split('\n').find((text) => text.startsWith("Parley can't run: "));
  assert.ok(line, output);
  return line;
};

const moveLogAway = (server: ServerProcess): void => {
  for (const name of [WAL_FILE, `${DATABASE_FILE}-shm`]) rmSync(fileIn(server, name), { force: true });
};

const textsOf = async ({ ben, conversationId }: Crashed): Promise<readonly string[]> =>
  (await ben.history(conversationId)).map(({ content }) => content);

const ways: Readonly<Record<string, (from: string, to: string) => void>> = {
  'written over it': (from, to) => {
    writeFileSync(to, readFileSync(from));
  },
  'renamed over it': (from, to) => {
    const beside = `${to}.from-backup`;
    copyFileSync(from, beside);
    renameSync(beside, to);
  },
};
for (const [way, put] of Object.entries(ways)) {
  // Renamed over it is the backup of the next test as well.
  (way === 'renamed over it' ? testInFull : test)(
    `[P1] a copy of the database, ${way} beside a crashed server's log, is refused in words`,
    async (t) => {
      const all = await crashed(t);
      const { server, ben, copy } = all;
      const history = async (): Promise<string> => {
        const socket = await ben.connect();
        return (await socket.next('welcome')).payload.history;
      };
      put(copy, fileIn(server, DATABASE_FILE));
      const line = await refusal(t, server);
      for (const name of [DATABASE_FILE, WAL_FILE, `${DATABASE_FILE}-shm`])
        assert.ok(line.includes(name), line);
      // What it says helps, and it changed nothing before.
      assert.deepEqual(readFileSync(fileIn(server, DATABASE_FILE)), readFileSync(copy));
      assert.ok(existsSync(fileIn(server, WAL_FILE)));
      moveLogAway(server);
      await server.restart();
      assert.deepEqual(await textsOf(all), ['first']);
      // A history of its own from here on: what clients hold of the lost part is no part of it. [O12]
      const renewed = await history();
      await server.kill('SIGKILL');
      await server.restart();
      assert.equal(await history(), renewed);
    },
  );
}

test('[P1] a backup of the same run, renamed over the database beside its log, is refused as well', async (t) => {
  const all = await crashed(t);
  const { server, backup } = all;
  ways['renamed over it']?.(backup, fileIn(server, DATABASE_FILE));
  await refusal(t, server);
  moveLogAway(server);
  await server.restart();
  assert.deepEqual(await textsOf(all), ['first', 'second']);
});

test('[P1] a crashed server’s directory starts where it is, and as a whole copy elsewhere', async (t) => {
  const all = await crashed(t);
  const elsewhere = join(tempDir(t), 'data');
  copyFolder(all.server.dataDir, elsewhere);
  await all.server.restart();
  assert.deepEqual(await textsOf(all), ['first', 'second', 'third']);
  await all.server.kill();
  const other = await ServerProcess.start(t, {}, elsewhere);
  const line = await other.run.line('store.check');
  assert.equal(line['found'], 'moved');
  await other.kill();
});

/** Each of the five moments comes once or more; in a sample three of them: the first, the middle one, the last. */
const KILLED_STARTS = scaled({ sample: 3, full: 12 });

/** Starts and is killed with the first turn in which that has come, or when it serves. */
const killedStart = async (server: ServerProcess, hasCome: () => boolean): Promise<void> => {
  const run = new ServerRun(
    { PARLEY_HOST: '127.0.0.1', PARLEY_PORT: '0', PARLEY_DATA_DIR: server.dataDir },
    server.dataDir,
  );
  let serves = false;
  const listening = run.listening().then(() => {
    serves = true;
  });
  const isOver = (): boolean => serves || hasCome();
  while (!isOver()) await nextTurn();
  assert.equal((await run.kill()).signal, 'SIGKILL', run.output);
  await listening.catch(() => undefined);
};

test('[P1] killed again and again, in the middle of its start as well: no start is refused', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const size = (name: string): number => statSync(fileIn(server, name), { throwIfNoEntry: false })?.size ?? 0;
  const note = (): string => readFileSync(fileIn(server, STATE_FILE), 'utf8');
  const texts: string[] = [];
  for (let round = 0; round < KILLED_STARTS; round += 1) {
    texts.push(`text ${String(round)}`);
    await sayAll(ada, ben, texts.slice(-1));
    await server.kill('SIGKILL');
    const [noted, log] = [note(), size(WAL_FILE)];
    // The note allows a new generation; it is in the log; the log was emptied; it was begun anew; all of the start.
    const moments = [
      () => note() !== noted,
      () => size(WAL_FILE) > log,
      () => size(WAL_FILE) === 0,
      () => size(WAL_FILE) < log && size(WAL_FILE) > 0,
      () => false,
    ];
    await killedStart(server, moments[(2 * round) % moments.length] ?? (() => false));
    await server.restart();
  }
  const { id } = await ada.conversationWith(ben);
  assert.deepEqual(
    (await ben.history(id)).map(({ content }) => content),
    texts,
  );
});

test('[P1] a first start that is killed at any moment leaves a directory that starts', async (t) => {
  const dataDir = tempDir(t);
  const names = ['jwt.key', 'refresh.key', `${DATABASE_FILE}.new`, DATABASE_FILE, WAL_FILE, STATE_FILE];
  // In the sample one in three: a key, the database when it has its name.
  for (const name of names.filter((_, at) => !isSample || at % 3 === 0)) {
    const folder = join(dataDir, name);
    mkdirSync(folder);
    const settings = { PARLEY_HOST: '127.0.0.1', PARLEY_PORT: '0', PARLEY_DATA_DIR: folder };
    const run = new ServerRun(settings, folder);
    while (!existsSync(join(folder, name))) await nextTurn();
    assert.equal((await run.kill()).signal, 'SIGKILL', run.output);
    const server = await ServerProcess.start(t, {}, folder);
    await server.kill();
  }
});

test('[P1] the file of a running server, copied without its log, is refused until it is accepted', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  await sayAll(ada, ben, ['still in the log']);
  const settings = { PARLEY_DATA_DIR: tempDir(t) };
  const copy = join(settings.PARLEY_DATA_DIR, DATABASE_FILE);
  copyFileSync(fileIn(server, DATABASE_FILE), copy);
  const bytes = readFileSync(copy);
  const { code, output } = await failedStart(t, settings);
  assert.equal(code, EXIT_REFUSED, output);
  assert.match(output, /parley\.db-wal.*parley backup.*parley accept-copy/);
  const listed = await runCommand(settings.PARLEY_DATA_DIR, ['user', 'list']);
  assert.notEqual(listed.code, 0);
  assert.match(listed.stderr, /parley accept-copy/);
  assert.deepEqual(readFileSync(copy), bytes);
  assert.match((await runCommand(server.dataDir, ['accept-copy'])).stderr, /uses the data/);
  const accepted = await runCommand(settings.PARLEY_DATA_DIR, ['accept-copy']);
  assert.equal(accepted.code, 0, accepted.stderr);
  const other = await ServerProcess.start(t, {}, settings.PARLEY_DATA_DIR);
  await other.kill();
});

test('a copy of a fresh server’s database has its tables, and a file without any is refused', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada] = await twoPeople(t, server);
  const copy = join(tempDir(t), 'copy.db');
  copyFileSync(fileIn(server, DATABASE_FILE), copy);
  await server.kill('SIGKILL');
  const tables = new Database(copy).prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  assert.ok(Number(tables) > 20);
  // The copy as earlier versions gave it: with the keys beside it everybody would be gone.
  for (const name of [WAL_FILE, `${DATABASE_FILE}-shm`, STATE_FILE])
    rmSync(fileIn(server, name), { force: true });
  for (const content of ['', emptyDatabase(t)]) {
    writeFileSync(fileIn(server, DATABASE_FILE), content);
    assert.match(await refusal(t, server), /no tables/);
  }
  // What it says helps.
  rmSync(fileIn(server, DATABASE_FILE));
  await server.restart();
  assert.equal((await ada.http('GET', '/users/me')).status, 401);
});

const emptyDatabase = (t: TestContext): Buffer => {
  const path = join(tempDir(t), 'empty.db');
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.close();
  return readFileSync(path);
};

test('a damaged copy is refused before anybody is served', async (t) => {
  const { server, copy } = await crashed(t);
  const bytes = readFileSync(copy);
  bytes.fill(0xa5, 4 * 4_096, 9 * 4_096);
  moveLogAway(server);
  writeFileSync(fileIn(server, DATABASE_FILE), bytes);
  assert.match(await refusal(t, server), /damaged.*restore it from a backup/);
});
