import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isTemporary } from '../../server/storage/data-dir/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { writeLargeExport } from '../support/large-export.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { bareDatabase, onServer, withoutPostgres } from '../support/postgres.ts';
import { RunningCommand } from '../support/running-command.ts';
import { testInExtended, testInFull } from '../support/scale.ts';
import { onPostgres, ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp-dir.ts';
import { personalChat, telegramText, wholeAccount } from '../transfer/chats/telegram-export.ts';

const temporaryIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter(isTemporary) : [];

/** Bytes in the temporary folders of a directory. */
const workIn = (folder: string): number =>
  temporaryIn(folder)
    .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
    .reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);

const working = (what: string, folder: string): Promise<void> =>
  eventually(what, () => workIn(folder) > 500_000);

const USERS = 40;
const MESSAGES = 8_000;

const largeExport = (t: TestContext): string => {
  const file = join(tempDir(t), 'large.jsonl');
  writeLargeExport(file, { users: USERS, messages: MESSAGES, characters: 1_000 });
  return file;
};

test(
  '[P11] a backup that is killed leaves no copy: the next one removes it, and so does a server that starts',
  { skip: sqliteOnly },
  async (t) => {
    const folder = tempDir(t);
    const dataDir = join(folder, 'data');
    await commandAnswer(dataDir, ['import', largeExport(t)]);
    const server = await ServerProcess.start(t, {}, dataDir);
    const [first, second] = [join(folder, 'first.tar'), join(folder, 'second.tar')];
    const copied = (): boolean =>
      temporaryIn(dataDir).some((name) => existsSync(join(dataDir, name, 'parley.db')));

    const killed = new RunningCommand(dataDir, ['backup', first]);
    await eventually('the copy to be under way', copied);
    await killed.kill();
    // The server may still be copying for the one that was killed.
    await eventually(
      'the next backup',
      async () => (await runCommand(dataDir, ['backup', second])).code === 0,
    );
    assert.deepEqual(temporaryIn(dataDir), []);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name !== 'data'),
      ['second.tar'],
    );

    const again = new RunningCommand(dataDir, ['backup', first]);
    await eventually('the copy to be under way', copied);
    await server.kill('SIGKILL');
    await again.kill();
    await server.restart();
    assert.deepEqual(temporaryIn(dataDir), []);
    assert.ok(!existsSync(first));
  },
);

test(
  '[P11] a backup of PostgreSQL goes on while a server starts on its data directory, and a killed one leaves nothing there',
  { skip: sqliteOnly === false ? withoutPostgres : sqliteOnly },
  async (t) => {
    const on = onPostgres(await bareDatabase(t));
    const folder = tempDir(t);
    const dataDir = join(folder, 'data');
    await commandAnswer(dataDir, ['import', largeExport(t)], on);
    const file = join(folder, 'b.tar');

    const backup = new RunningCommand(dataDir, ['backup', file], on);
    await working('the copy', dataDir);
    backup.signal('SIGSTOP');
    const before = temporaryIn(dataDir);
    assert.equal(before.length, 2);
    const server = await ServerProcess.start(t, on, dataDir);
    assert.deepEqual(temporaryIn(dataDir), before);
    backup.signal('SIGCONT');
    assert.equal(await backup.ended, 0);
    assert.deepEqual(temporaryIn(dataDir), []);
    assert.equal(
      (await commandAnswer<{ restorable: boolean }>(dataDir, ['verify', file], on)).restorable,
      true,
    );

    const killed = new RunningCommand(dataDir, ['backup', join(folder, 'c.tar')], on);
    await working('the copy', dataDir);
    await killed.kill();
    assert.equal(temporaryIn(dataDir).length, 2);
    await server.kill('SIGTERM');
    await server.restart();
    assert.deepEqual(temporaryIn(dataDir), []);
    assert.deepEqual(readdirSync(folder).sort(), ['b.tar', 'data']);
  },
);

/** PostgreSQL notices a client that was killed when it next writes to it. */
const noticed = (url: string): Promise<void> =>
  eventually('the database to notice', async () => {
    const found = await onServer(
      url,
      `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'parley'`,
    );
    return found[0]?.[0] === 0;
  });

const filling = (url: string): Promise<void> =>
  eventually('PostgreSQL to be filled', async () => {
    const found = await onServer(
      url,
      `SELECT count(*)::int FROM pg_stat_activity
       WHERE datname = current_database() AND query ~ 'INSERT INTO messages' AND pid <> pg_backend_pid()`,
    );
    return found[0]?.[0] !== 0;
  });

interface Exported {
  readonly sha256: string;
  readonly users: number;
  readonly messages: number;
}

test(
  'an import into PostgreSQL that is killed at any stage changes nothing, and the next one works',
  { skip: sqliteOnly === false ? withoutPostgres : sqliteOnly },
  async (t) => {
    const url = await bareDatabase(t);
    const on = onPostgres(url);
    const file = largeExport(t);
    const dataDir = join(tempDir(t), 'data');
    const args = ['import', file];

    const early = new RunningCommand(dataDir, args, on);
    await working('the checking', dataDir);
    await early.kill();
    await noticed(url);
    assert.deepEqual(await onServer(url, `SELECT to_regclass('meta')::text`), [[null]]);

    const late = new RunningCommand(dataDir, args, on);
    await filling(url);
    await late.kill();
    await noticed(url);
    for (const table of ['users', 'messages', 'events'])
      assert.deepEqual(await onServer(url, `SELECT count(*)::int FROM ${table}`), [[0]], table);

    const { users, messages } = await commandAnswer<Exported>(dataDir, args, on);
    assert.deepEqual([users, messages], [USERS, MESSAGES]);
    assert.deepEqual(temporaryIn(dataDir), [], 'what the killed ones left is gone');
  },
);

const CHATS = 8;
const EACH = 700;

const telegramFile = (folder: string): string => {
  const chats = Array.from({ length: CHATS }, (_, n) =>
    personalChat(
      n + 1,
      Array.from({ length: EACH }, (_each, m) => telegramText(m + 1, n + 1, `needle ${'hay '.repeat(100)}`)),
      `Peer ${String(n)}`,
    ),
  );
  const file = join(folder, 'result.json');
  writeFileSync(file, JSON.stringify(wholeAccount(chats)));
  return file;
};

const mattermostFile = (folder: string): string => {
  const lines = Array.from({ length: CHATS * EACH }, (_, n) => ({
    type: 'direct_post',
    direct_post: {
      channel_members: ['ada', `peer${String(n % CHATS)}`],
      ...{ user: 'ada', message: `needle ${'hay '.repeat(100)}`, create_at: 1_000 + n },
    },
  }));
  const file = join(folder, 'export.jsonl');
  writeFileSync(
    file,
    [{ type: 'version', version: 1 }, ...lines].map((each) => `${JSON.stringify(each)}\n`).join(''),
  );
  return file;
};

for (const { format, make } of [
  { format: 'telegram', make: telegramFile },
  { format: 'mattermost', make: mattermostFile },
])
  testInFull(
    `an import of ${format} into a PostgreSQL database with users, killed while it is written, changes nothing`,
    { skip: sqliteOnly === false ? withoutPostgres : sqliteOnly },
    async (t) => {
      const url = await bareDatabase(t);
      const on = onPostgres(url);
      const folder = tempDir(t);
      const dataDir = join(folder, 'data');
      const existing = join(folder, 'existing.jsonl');
      writeLargeExport(existing, { users: 10, messages: 500, characters: 100 });
      await commandAnswer(dataDir, ['import', existing], on);
      const shaOf = async (name: string): Promise<string> =>
        (await commandAnswer<Exported>(dataDir, ['export', join(folder, name)], on)).sha256;
      const records = (): Promise<readonly unknown[][]> =>
        onServer(url, `SELECT count(*)::int FROM audit_records WHERE action = 'import'`);
      const before = await onServer(
        url,
        'SELECT count(*)::int, md5(string_agg(id::text, $$,$$ ORDER BY id)) FROM messages',
      );
      await shaOf('before.jsonl');

      const args = ['import', '--from', format, make(folder)];
      const killed = new RunningCommand(dataDir, args, on);
      await filling(url);
      await killed.kill();
      await noticed(url);
      assert.deepEqual(
        await onServer(
          url,
          'SELECT count(*)::int, md5(string_agg(id::text, $$,$$ ORDER BY id)) FROM messages',
        ),
        before,
      );
      assert.deepEqual(await records(), [[0]]);

      const { messages } = await commandAnswer<Exported>(dataDir, args, on);
      assert.equal(messages, CHATS * EACH);
      assert.deepEqual(await records(), [[1]]);
      assert.deepEqual(await onServer(url, 'SELECT count(*)::int FROM messages'), [[500 + CHATS * EACH]]);
      assert.deepEqual(temporaryIn(dataDir), [], 'what the killed one left is gone');
    },
  );

testInExtended(
  '[P11] [P9] a backup of PostgreSQL says before it begins that the disk has no room, and leaves nothing on one that fills up',
  { skip: sqliteOnly === false ? withoutPostgres : sqliteOnly },
  async (t) => {
    const [small, larger] = [SmallDisk.mount(t, 32), SmallDisk.mount(t, 160)];
    if (small === null || larger === null) {
      t.skip('not run: this machine allows no mounts');
      return;
    }
    const on = onPostgres(await bareDatabase(t));
    const folder = tempDir(t);
    await commandAnswer(join(folder, 'data'), ['import', largeExport(t)], on);
    const file = join(folder, 'b.tar');

    const refused = await runCommand(join(small.path, 'data'), ['backup', file], on);
    assert.match(
      refused.stderr,
      /^This first needs a copy of the database in .*: \d+ MB, and 32 MB are free there\.\n$/,
    );
    assert.equal(refused.code, 74);
    assert.deepEqual(readdirSync(join(small.path, 'data')), []);

    const dataDir = join(larger.path, 'data');
    mkdirSync(dataDir);
    const full = new RunningCommand(dataDir, ['backup', file], on);
    await working('the copy', dataDir);
    full.signal('SIGSTOP');
    larger.fill();
    full.signal('SIGCONT');
    assert.equal(await full.ended, 74);
    assert.match(full.stderr, /^the disk is full: .* can't be written\n$/);
    assert.deepEqual(readdirSync(dataDir), []);
    assert.ok(!existsSync(file));
    larger.free();
    await commandAnswer(dataDir, ['backup', file], on);
  },
);
