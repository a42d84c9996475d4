import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { SCHEMA_VERSION } from '../../server/storage/sqlite/migrate.ts';
import { databasePath } from '../../server/storage/sqlite/open.ts';
import { ChatClient } from '../support/chat-client.ts';
import { runCommand } from '../support/operator-command.ts';
import { say } from '../support/say.ts';
import { failedStart, ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { unpackFixture } from '../upgrade/fixture.ts';
import { newDataDir, OLD_SCHEMA } from '../upgrade/old-version.ts';
import { contentOf } from '../upgrade/stored-content.ts';

const schemaOf = (dataDir: string): unknown => {
  const db = new Database(databasePath(dataDir), { readonly: true });
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
};

/** Every file of a directory but the lock and those that SQLite makes for a reader. */
const filesOf = (dataDir: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(dataDir)
      .filter((name) => !/\.lock$|-(wal|shm)$/.test(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(dataDir, name)))
          .digest('hex'),
      ]),
  );

test(
  '[P1] [P10] a data directory of the version before is upgraded: everything is there once, under the same history',
  { skip: sqliteOnly },
  async (t) => {
    const dataDir = newDataDir(tempDir(t));
    const before = unpackFixture(dataDir);
    assert.equal(schemaOf(dataDir), OLD_SCHEMA);
    const early = await runCommand(dataDir, ['status']);
    assert.deepEqual(
      [early.code, early.stderr.includes('start this Parley on it once')],
      [78, true],
      early.stderr,
    );
    assert.equal(schemaOf(dataDir), OLD_SCHEMA, 'a command has upgraded the database');
    const server = await ServerProcess.start(t, {}, dataDir);
    assert.equal(schemaOf(dataDir), SCHEMA_VERSION);
    const users = before.map(({ username }) => username);
    assert.deepEqual(await contentOf(t, server, users), before);

    const [ada, ben] = [await ChatClient.login(t, server, 'ada'), await ChatClient.login(t, server, 'ben')];
    const { cursor, history } = before[0] ?? { cursor: 0, history: '' };
    const resumed = await ada.connect({ cursor, history });
    const welcome = await resumed.next('welcome');
    assert.equal(welcome.payload.reset, false);
    const sync = await resumed.next('sync');
    assert.equal(sync.payload.cursor, cursor, 'a client that had everything is sent nothing again');
    const ack = await say(resumed, ben, 'after the upgrade');
    const stored = await ada.history(ack.payload.conversation_id);
    assert.deepEqual(
      stored.map(({ seq }) => seq),
      stored.map((_, n) => n + 1),
    );
    assert.equal(stored.at(-1)?.content, 'after the upgrade');
    await server.kill('SIGTERM');
    assert.equal((await runCommand(dataDir, ['doctor'])).stderr.includes('damaged'), false);
  },
);

test(
  'a database of a newer version is refused in words, and no byte of it is changed',
  { skip: sqliteOnly },
  async (t) => {
    const dataDir = newDataDir(tempDir(t));
    unpackFixture(dataDir);
    const db = new Database(databasePath(dataDir));
    db.pragma(`user_version = ${String(SCHEMA_VERSION + 1)}`);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const before = filesOf(dataDir);
    const { code, output } = await failedStart(t, { PARLEY_DATA_DIR: dataDir });
    assert.match(
      output,
      /Parley can't run: .*has schema \d+, this program knows up to \d+: start a newer Parley/,
    );
    assert.equal(code, 74, output);
    const refused = await runCommand(dataDir, ['backup', join(tempDir(t), 'b.tar')]);
    assert.deepEqual(
      [refused.code, refused.stderr.includes('start a newer Parley')],
      [78, true],
      refused.stderr,
    );
    assert.deepEqual(filesOf(dataDir), before);
  },
);
