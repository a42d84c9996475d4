import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { migrate, SCHEMA_VERSION } from '../../../server/storage/sqlite/migrate.ts';
import { MIGRATIONS } from '../../../server/storage/sqlite/migrations/list.ts';
import { DATABASE_FILE, openReadWrite } from '../../../server/storage/sqlite/open.ts';
import { openReads } from '../../../server/storage/sqlite/queries.ts';
import { StoreError } from '../../../server/storage/store-error.ts';
import type { StoreReason } from '../../../server/storage/store-error.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { settling } from '../settling.ts';

const refusedAs = (reason: StoreReason, open: () => unknown): void => {
  assert.throws(open, (error: unknown) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.reason, reason);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
};

describe('opening', () => {
  test('makes folder and files for the owner alone', (t) => {
    const dir = join(tempDir(t), 'data');
    const writer = openWriter(dir);
    t.after(() => {
      writer.close();
    });
    writer.commit([{ type: 'probe', input: {} }]);
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    for (const file of readdirSync(dir)) assert.equal(statSync(join(dir, file)).mode & 0o777, 0o600, file);
  });

  test('durability, references and secure deletion are switched on', (t) => {
    const db = openReadWrite(tempDir(t));
    t.after(() => {
      db.close();
    });
    const wanted = {
      journal_mode: 'wal',
      synchronous: 2,
      foreign_keys: 1,
      secure_delete: 1,
      wal_autocheckpoint: 10_000,
    };
    for (const [pragma, value] of Object.entries(wanted)) {
      assert.equal(db.pragma(pragma, { simple: true }), value, pragma);
    }
  });

  test('a schema newer than the program is refused, by writer and readers', (t) => {
    const dir = tempDir(t);
    openWriter(dir).close();
    const db = new Database(join(dir, DATABASE_FILE));
    db.pragma(`user_version = ${String(SCHEMA_VERSION + 1)}`);
    db.close();
    refusedAs('newer', () => openWriter(dir));
    refusedAs('newer', () => openReads(dir));
  });

  test('a schema number that no program has made is damage, and not a few thousand million migrations', (t) => {
    const dir = tempDir(t);
    openWriter(dir).close();
    const db = new Database(join(dir, DATABASE_FILE));
    db.pragma('user_version = -2130706432');
    db.close();
    refusedAs('damaged', () => openWriter(dir));
    refusedAs('damaged', () => openReads(dir));
  });

  test('migrating twice changes nothing, and a failed migration leaves the version before', (t) => {
    const db = openReadWrite(tempDir(t));
    t.after(() => {
      db.close();
    });
    db.exec('CREATE TABLE invites (x)');
    assert.throws(() => {
      migrate(db);
    });
    assert.equal(db.pragma('user_version', { simple: true }), 0);
    assert.equal(db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'users'`).pluck().get(), 0);
    db.exec('DROP TABLE invites');
    migrate(db);
    migrate(db);
    assert.equal(db.pragma('user_version', { simple: true }), SCHEMA_VERSION);
  });

  test('[A4] failed logins that were counted before they were counted by name still count, until their window ends', (t) => {
    const dir = tempDir(t);
    const now = Date.now();
    const db = openReadWrite(dir);
    db.exec(MIGRATIONS[0] ?? '');
    db.pragma('user_version = 1');
    db.prepare('INSERT INTO login_failures VALUES (?, ?, ?, ?)').run('k', 3, now, now + 900_000);
    db.close();
    const writer = openWriter(dir);
    const queries = openReads(dir);
    t.after(() => {
      queries.close();
      writer.close();
    });
    const failures = (outcome: 'right' | 'wrong'): unknown => {
      const input = settling(new SequenceIds(), 'k', 'ann', outcome);
      const [done] = writer.commit([{ type: 'settleLogin', input }]);
      return done?.ok === true && 'failures' in done.result && done.result.failures;
    };
    assert.deepEqual([failures('right'), failures('wrong')], [3, 4]);
  });

  test('[A2] invitations from before they had a number of uses are good once, and used ones stay used', (t) => {
    const dir = tempDir(t);
    const db = openReadWrite(dir);
    db.exec(MIGRATIONS[0] ?? '');
    db.pragma('user_version = 1');
    const insert = db.prepare('INSERT INTO invites VALUES (?, ?, ?)');
    insert.run(Buffer.from('used'), 1, 5);
    insert.run(Buffer.from('unused'), 2, null);
    db.close();
    openWriter(dir).close();
    const queries = openReads(dir);
    t.after(() => {
      queries.close();
    });
    const common = { expiresAt: null, revokedAt: null };
    assert.deepEqual(queries.invites({ before: null, limit: 9 }), [
      { ...common, id: 2, createdAt: 2, usesLeft: 1, uses: 0, usedAt: null },
      { ...common, id: 1, createdAt: 1, usesLeft: 0, uses: 1, usedAt: 5 },
    ]);
  });

  test('[S9] a lifetime that was made shorter counts for the sessions that are there, one that was made longer does not', (t) => {
    const dir = tempDir(t);
    const clock = new ManualClock();
    const id = crypto.randomUUID();
    const endAfter = (sessionTtlMs?: number): number => {
      const writer = openWriter(dir, sessionTtlMs === undefined ? { clock } : { clock, sessionTtlMs });
      if (sessionTtlMs === undefined) {
        const refreshHash = Buffer.from('r');
        const session = { id, refreshHash, ttlMs: 86_400_000, ipAddress: '', userAgent: '' };
        const input = { id, username: 'ann', passwordHash: '', session, inviteHash: null, signups: null };
        writer.commit([{ type: 'registerUser', input }]);
      }
      const queries = openReads(dir, { clock });
      const expiresAt = queries.session(id)?.expiresAt ?? 0;
      queries.close();
      writer.close();
      return expiresAt - clock.now();
    };
    assert.equal(endAfter(), 86_400_000);
    assert.equal(endAfter(3_600_000), 3_600_000);
    assert.equal(endAfter(86_400_000), 3_600_000);
    clock.setBack(clock.now());
    assert.ok(endAfter(86_400_000) > 86_400_000, 'a clock that has no time yet ends nothing');
  });

  test('a file that is no database, a damaged one, one of another program', (t) => {
    const [text, torn, other] = [tempDir(t), tempDir(t), tempDir(t)];
    writeFileSync(join(text, DATABASE_FILE), 'this is not a database '.repeat(1_000));
    refusedAs('damaged', () => openWriter(text));
    refusedAs('damaged', () => openReads(text));
    openWriter(torn).close();
    writeFileSync(join(torn, DATABASE_FILE), Buffer.alloc(4_096, 7), { flag: 'r+' });
    refusedAs('damaged', () => openWriter(torn));
    const db = new Database(join(other, DATABASE_FILE));
    db.exec('CREATE TABLE theirs (x)');
    db.close();
    refusedAs('foreign', () => openWriter(other));
  });

  test('nothing there to read, nowhere to write', (t) => {
    const dir = tempDir(t);
    refusedAs('missing', () => openReads(dir));
    writeFileSync(join(dir, 'file'), '');
    refusedAs('no-folder', () => openWriter(join(dir, 'file')));
    refusedAs('no-folder', () => openWriter(join(dir, 'file', 'below')));
    // Where mkdir's own `recursive` never comes back.
    refusedAs('no-folder', () => openWriter('/proc/parley'));
  });

  test(
    'a folder without the right to write',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    (t) => {
      const dir = join(tempDir(t), 'data');
      mkdirSync(dir, { mode: 0o500 });
      refusedAs('not-writable', () => openWriter(dir));
      chmodSync(dir, 0o700);
    },
  );

  test('a reader sees a commit at once and can write nothing', (t) => {
    const dir = tempDir(t);
    const writer = openWriter(dir);
    const queries = openReads(dir);
    t.after(() => {
      queries.close();
      writer.close();
    });
    for (let i = 1; i <= 20; i += 1) {
      writer.commit([{ type: 'createInvite', input: { hash: Buffer.from([i]) } }]);
      assert.equal(queries.invites({ before: null, limit: 100 }).length, i);
    }
  });
});
