import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { writeLargeExport } from '../support/large-export.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { operatorEntry } from '../support/paths.ts';
import { bareDatabase, onServer, withoutPostgres } from '../support/postgres.ts';
import { isSample } from '../support/scale.ts';
import { say } from '../support/say.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const KEYS = {
  PARLEY_JWT_SECRET: 'a key of these tests, which has 32 bytes',
  PARLEY_REFRESH_SECRET: 'another key of these tests with 32 bytes',
};
const scope: Scope = { after };

interface Transferred {
  readonly users: number;
  readonly messages: number;
  readonly sha256: string;
}

const onPostgres = (url: string) => ({ PARLEY_DATABASE_URL: url, ...KEYS });

/** A server that runs, on which two have written to each other. */
const talking = async (t: Scope) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  for (const text of ['one', 'two', 'three']) await say(socket, ben, text);
  return { server, ada, ben };
};

test(
  'a running server is exported, and an import of that makes a server that goes on',
  { skip: sqliteOnly },
  async (t) => {
    const { server } = await talking(scope);
    const file = join(tempDir(t), 'export.jsonl');
    const made = await commandAnswer<Transferred>(server.dataDir, ['export', file]);
    assert.deepEqual([made.users, made.messages], [2, 3]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(
      readdirSync(server.dataDir).filter((name) => name.startsWith('backup-copy')),
      [],
    );
    const { records } = await commandAnswer<{ records: { action: string; detail: { sha256: string } }[] }>(
      server.dataDir,
      ['audit'],
    );
    assert.deepEqual([records[0]?.action, records[0]?.detail.sha256], ['export', made.sha256]);

    const dataDir = join(tempDir(t), 'new');
    assert.match(
      (await runCommand(dataDir, ['import', file])).stdout,
      /^2 users, 1 conversation, 3 messages imported into /,
    );
    const again = join(tempDir(t), 'again.jsonl');
    await commandAnswer(dataDir, ['export', again]);
    assert.equal(readFileSync(again, 'utf8'), readFileSync(file, 'utf8'));
    const second = await ServerProcess.start(t, {}, dataDir);
    assert.equal((await commandAnswer<Transferred>(dataDir, ['status'])).messages, 3);
    await second.kill();
  },
);

test(
  'what a newcomer does wrong is said in one sentence, with a code, and changes nothing',
  { skip: sqliteOnly },
  async (t) => {
    const { server } = await talking(t);
    const folder = tempDir(t);
    const file = join(folder, 'export.jsonl');
    await commandAnswer(server.dataDir, ['export', file]);
    const text = readFileSync(file, 'utf8');
    const other = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const free = join(folder, 'free');
    const nowhere = 'postgres://nobody@127.0.0.1:1/nothing';
    const cases: readonly (readonly [string, readonly string[], number, RegExp, Record<string, string>?])[] =
      [
        [server.dataDir, ['export', file], 73, /is there already; an export never replaces a file/],
        [server.dataDir, ['export', join(folder, 'no/where')], 66, /there is no directory/],
        [server.dataDir, ['import', file], 75, /a server runs on .*: stop it first/],
        [free, ['import', join(folder, 'missing')], 66, /there is no file at/],
        [free, ['import', other('pets', 'pets\n')], 65, /is not an export of Parley/],
        [
          free,
          ['import', other('newer', text.replace('"version":5', '"version":9'))],
          65,
          /has version 9 of the format/,
        ],
        [free, ['import', other('half', text.slice(0, -9))], 65, /line \d+: the file ends within this line/],
        [free, ['export', join(folder, 'x')], 78, /there is no database at/],
        [free, ['move'], 64, /Give either --to URL or --from URL/],
        [free, ['move', '--to', 'mysql://localhost/x'], 78, /--to must begin with postgres:\/\//],
        [server.dataDir, ['move', '--to', nowhere], 75, /A server runs on .*: stop it first/],
        [free, ['move', '--from', nowhere], 74, /127\.0\.0\.1:1\/nothing can't be used: .*ECONNREFUSED/],
        [free, ['import', file], 74, /can't be used: .*ECONNREFUSED/, onPostgres(nowhere)],
        [free, ['status'], 74, /can't be used: .*ECONNREFUSED/, onPostgres(nowhere)],
        [
          free,
          ['import', file],
          78,
          /PARLEY_JWT_SECRET must be set together/,
          { PARLEY_DATABASE_URL: nowhere },
        ],
      ];
    for (const [dataDir, args, code, says, settings] of cases) {
      const run = await runCommand(dataDir, args, settings);
      assert.match(run.stderr, says, args.join(' '));
      assert.equal(run.code, code, `${args.join(' ')}: ${run.stderr}`);
      assert.equal(run.stdout, '');
      assert.ok(run.stderr.trim().split('\n').length <= 2, run.stderr);
      assert.ok(!existsSync(join(free, 'parley.db')), args.join(' '));
    }
  },
);

test(
  'a store moves to PostgreSQL and back, and every command works there',
  { skip: sqliteOnly === false ? withoutPostgres : sqliteOnly },
  async (t) => {
    const { server, ada } = await talking(scope);
    const { dataDir } = server;
    const url = await bareDatabase(t);
    await server.kill('SIGTERM');
    const moved = await commandAnswer<Transferred>(dataDir, ['move', '--to', url]);
    assert.equal(moved.users, 2);
    const host = join(tempDir(t), 'host');
    const on = onPostgres(url);
    const status = await commandAnswer<{ users: number; database: string }>(host, ['status'], on);
    assert.equal(status.users, 2);
    assert.match(status.database, /^PostgreSQL at /);
    assert.match((await runCommand(host, ['user', 'list'], on)).stdout, new RegExp(ada.username));
    assert.match((await runCommand(host, ['invite', 'create'], on)).stdout, /^\S+\n$/);
    const { records } = await commandAnswer<{ records: { action: string }[] }>(host, ['audit'], on);
    assert.deepEqual(
      records.slice(0, 2).map(({ action }) => action),
      ['invite.create', 'move'],
    );
    assert.doesNotMatch((await runCommand(host, ['doctor'], on)).stderr, /ENOENT|Error/);
    const rotated = await runCommand(host, ['rotate-secret'], on);
    assert.deepEqual([rotated.code, rotated.stderr.includes('PARLEY_JWT_SECRET')], [1, true]);
    assert.match((await runCommand(dataDir, ['move', '--to', url])).stderr, /never replaces data/);

    const running = await ServerProcess.start(t, on, host);
    const refused = await runCommand(join(tempDir(t), 'back'), ['move', '--from', url]);
    assert.deepEqual(
      [refused.code, refused.stderr.includes('A server is connected to ')],
      [75, true],
      refused.stderr,
    );
    assert.equal((await commandAnswer<Transferred>(host, ['export', join(tempDir(t), 'e')], on)).users, 2);
    const otherKeys = { ...on, PARLEY_JWT_SECRET: 'a wrong key, which has 32 bytes as well' };
    assert.equal((await runCommand(join(tempDir(t), 'h'), ['status'], otherKeys)).code, 78);
    await running.kill('SIGTERM');

    const back = join(tempDir(t), 'back');
    const returned = await commandAnswer<Transferred>(back, ['move', '--from', url]);
    assert.equal(returned.users, 2);
    assert.equal((await commandAnswer<{ users: number }>(back, ['status'])).users, 2);
  },
);

const MESSAGES = isSample ? 16_000 : 60_000;
const HEAP_MB = 28;

const start = (
  dataDir: string,
  args: readonly string[],
  settings: Record<string, string> = {},
): ChildProcess =>
  spawn(process.execPath, [operatorEntry, ...args], {
    env: { PATH: process.env['PATH'], PARLEY_DATA_DIR: dataDir, ...settings },
    stdio: 'ignore',
  });

const killed = async (child: ChildProcess): Promise<void> => {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
};

test(
  'a large import needs little memory; one that is killed leaves nothing',
  { skip: withoutPostgres },
  async (t) => {
    const folder = tempDir(t);
    const file = join(folder, 'large.jsonl');
    writeLargeExport(file, { users: 200, messages: MESSAGES, characters: 2_000 });
    const dataDir = join(folder, 'data');
    const child = start(dataDir, ['import', file]);
    await eventually('the import has begun', () => {
      const work = existsSync(dataDir)
        ? readdirSync(dataDir).find((name) => name.startsWith('import-'))
        : undefined;
      return (
        work !== undefined &&
        (statSync(join(dataDir, work, 'staging.db'), { throwIfNoEntry: false })?.size ?? 0) > 1e6
      );
    });
    await killed(child);
    assert.ok(!existsSync(join(dataDir, 'parley.db')));

    assert.ok(statSync(file).size > HEAP_MB * 1_048_576, 'the file is larger than the memory for it');
    const heap = { NODE_OPTIONS: `--max-old-space-size=${String(HEAP_MB)}` };
    await commandAnswer(dataDir, ['import', file], heap);
    assert.deepEqual(
      readdirSync(dataDir).sort(),
      ['parley.db', 'parley.lock'],
      'what the killed one left is gone',
    );
    const exported = join(folder, 'again.jsonl');
    const made = await commandAnswer<Transferred>(dataDir, ['export', exported], heap);
    assert.equal(made.messages, MESSAGES);

    const url = await bareDatabase(t);
    const move = start(dataDir, ['move', '--to', url]);
    await eventually('messages are being written', async () => {
      const found = await onServer(
        url,
        `SELECT count(*)::int FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE '%INSERT INTO messages%' AND pid <> pg_backend_pid()`,
      );
      return found[0]?.[0] !== 0;
    });
    await killed(move);
    await eventually('the server has noticed', async () => {
      const found = await onServer(
        url,
        `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'parley'`,
      );
      return found[0]?.[0] === 0;
    });
    assert.deepEqual(await onServer(url, 'SELECT count(*)::int FROM users'), [[0]]);
    await commandAnswer(dataDir, ['move', '--to', url], heap);
    const back = join(folder, 'back');
    mkdirSync(back);
    await commandAnswer(back, ['move', '--from', url], heap);
    // A difference of so many bytes is not to be printed.
    assert.ok(readFileSync(exported).equals(readFileSync(file)), 'the export is what was imported');
  },
);

test('a full disk is said in words, and leaves nothing', async (t) => {
  const disk = SmallDisk.mount(t, 8);
  if (disk === null) {
    t.skip('not run: this machine allows no mounts');
    return;
  }
  const folder = tempDir(t);
  const file = join(folder, 'large.jsonl');
  writeLargeExport(file, { users: 20, messages: 6_000, characters: 2_000 });
  const full = await runCommand(join(disk.path, 'data'), ['import', file]);
  assert.equal(full.code, 74, full.stderr);
  assert.match(full.stderr, /^the disk is full: .* can't be written\n$/);
  assert.deepEqual(readdirSync(join(disk.path, 'data')), ['parley.lock']);
  const dataDir = join(folder, 'data');
  await commandAnswer(dataDir, ['import', file]);
  const exported = await runCommand(dataDir, ['export', join(disk.path, 'export.jsonl')]);
  assert.equal(exported.code, 74, exported.stderr);
  assert.match(exported.stderr, /^the disk is full: /);
  assert.deepEqual(readdirSync(disk.path), ['data']);
});
