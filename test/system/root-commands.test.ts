import assert from 'node:assert/strict';
import { chownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { writeLargeExport } from '../support/large-export.ts';
import { commandAnswer } from '../support/operator-command.ts';
import { bareDatabase, withoutPostgres } from '../support/postgres.ts';
import { onPostgres, sqliteOnly } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { personalChat, telegramText, wholeAccount } from '../transfer/chats/telegram-export.ts';

/** The account `nobody`. */
const OWNER = 65_534;
const skip =
  process.geteuid?.() === 0
    ? sqliteOnly
    : 'NOT RUN: only root can give commands for the directory of another account';

/** An empty data directory of another account. */
const ownedDir = (t: TestContext): string => {
  const dataDir = join(tempDir(t), 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  chownSync(dataDir, OWNER, OWNER);
  return dataDir;
};

/** Everything that a command has left there. */
const ownersIn = (dataDir: string): Readonly<Record<string, number>> =>
  Object.fromEntries(readdirSync(dataDir).map((name) => [name, lstatSync(join(dataDir, name)).uid]));

const IMPORTED = { 'parley.db': OWNER, 'parley.lock': OWNER };

test(
  'what root imports into the data directory of another account belongs to that account',
  { skip },
  async (t) => {
    const folder = tempDir(t);
    const [own, telegram] = [join(folder, 'own.jsonl'), join(folder, 'result.json')];
    writeLargeExport(own, { users: 4, messages: 20, characters: 50 });
    writeFileSync(telegram, JSON.stringify(wholeAccount([personalChat(5, [telegramText(1, 5, 'hello')])])));
    for (const args of [
      ['import', own],
      ['import', '--from', 'telegram', telegram],
    ]) {
      const dataDir = ownedDir(t);
      await commandAnswer(dataDir, args);
      assert.deepEqual(ownersIn(dataDir), IMPORTED, args.join(' '));
    }
  },
);

test(
  'a restore and a move by root give what they make to the owner of the directory',
  { skip },
  async (t) => {
    const folder = tempDir(t);
    const [exported, backup] = [join(folder, 'own.jsonl'), join(folder, 'b.tar')];
    writeLargeExport(exported, { users: 4, messages: 20, characters: 50 });
    const from = ownedDir(t);
    await commandAnswer(from, ['import', exported]);
    writeFileSync(join(from, 'jwt.key'), 'a key of these tests, which has 32 bytes');
    await commandAnswer(from, ['backup', backup]);
    const restored = ownedDir(t);
    await commandAnswer(restored, ['restore', backup, '--to', restored]);
    assert.deepEqual(ownersIn(restored), { 'jwt.key': OWNER, 'parley.db': OWNER });

    if (withoutPostgres !== false) {
      t.diagnostic(`NOT RUN: a move from PostgreSQL (${withoutPostgres})`);
      return;
    }
    const url = await bareDatabase(t);
    await commandAnswer(ownedDir(t), ['import', exported], onPostgres(url));
    const moved = ownedDir(t);
    await commandAnswer(moved, ['move', '--from', url]);
    assert.deepEqual(ownersIn(moved), IMPORTED);
  },
);
