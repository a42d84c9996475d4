import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { acceptCopy } from '../../../server/storage/sqlite/accept-copy.ts';
import { checkFiles } from '../../../server/storage/sqlite/files/file-check.ts';
import {
  readState,
  STATE_FILE,
  WAL_FILE,
  writeState,
} from '../../../server/storage/sqlite/files/file-state.ts';
import { IN_USE } from '../../../server/storage/sqlite/files/in-use.ts';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { DATABASE_FILE } from '../../../server/storage/sqlite/open.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';
import { PAGE, countIn, historyIn, inDir, refused, start, Writing } from '../start-stage.ts';

describe('a database that is missing or without tables', () => {
  test('a fresh one has its tables in the file itself from the first moment', (t) => {
    const dir = tempDir(t);
    const store = openWriter(dir);
    const copy = tempDir(t);
    copyFileSync(inDir(dir, DATABASE_FILE), inDir(copy, DATABASE_FILE));
    store.close();
    assert.ok(acceptCopy(copy));
    assert.equal(start(copy), 'unknown');
    assert.match(historyIn(copy), /^[0-9a-f-]{36}$/);
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.includes('.new')),
      [],
    );
  });

  test('is refused where a server has run', (t) => {
    const writing = new Writing(t);
    const [empty, gone, headOnly] = [writing.crashed(t), writing.crashed(t), tempDir(t)];
    for (const dir of [empty, gone]) rmSync(inDir(dir, WAL_FILE));
    writeFileSync(inDir(empty, DATABASE_FILE), '');
    refused('incomplete', () => openWriter(empty), /no tables/);
    rmSync(inDir(gone, DATABASE_FILE));
    refused('incomplete', () => openWriter(gone), /missing/);
    assert.ok(!existsSync(inDir(gone, DATABASE_FILE)), 'nothing was made in its place');
    // As earlier versions left it in the first minute: a header, and everything in the log.
    const db = new Database(inDir(headOnly, DATABASE_FILE));
    db.pragma('journal_mode = WAL');
    db.close();
    assert.equal(statSync(inDir(headOnly, DATABASE_FILE)).size, PAGE);
    checkFiles(headOnly);
    refused('incomplete', () => {
      checkFiles(headOnly, true);
    });
  });

  test('is refused where its log is still there, which SQLite would throw away', (t) => {
    const dir = new Writing(t).crashed(t);
    rmSync(inDir(dir, STATE_FILE));
    rmSync(inDir(dir, DATABASE_FILE));
    refused('incomplete', () => openWriter(dir), /write-ahead log/);
    assert.ok(statSync(inDir(dir, WAL_FILE)).size > 0);
  });

  test('is made where nobody has run, an empty file and half a creation in the way or not', (t) => {
    const dir = tempDir(t);
    writeFileSync(inDir(dir, DATABASE_FILE), '');
    writeFileSync(inDir(dir, `${DATABASE_FILE}.new`), 'half');
    writeFileSync(inDir(dir, `${DATABASE_FILE}.new-journal`), 'half');
    assert.equal(start(dir), null);
    assert.equal(start(dir), null);
    assert.equal(statSync(inDir(dir, STATE_FILE)).mode & 0o777, 0o600);
  });
});

describe('a copy of the file of an open database, without its log', () => {
  const copied = (t: Scope, from: string): string => {
    const dir = tempDir(t);
    copyFileSync(inDir(from, DATABASE_FILE), inDir(dir, DATABASE_FILE));
    return dir;
  };

  test('is refused at whatever moment it was made, and nothing is changed', (t) => {
    const writing = new Writing(t);
    for (const before of [
      () => undefined,
      () => {
        writing.write(3);
      },
      () => {
        assert.ok(writing.store.truncate());
      },
      // Longer than the log may become.
      () => {
        const log = () => statSync(inDir(writing.dir, WAL_FILE)).size;
        for (let last = 0; log() >= last;) {
          last = log();
          writing.write(50);
        }
      },
    ]) {
      before();
      const dir = copied(t, writing.dir);
      const bytes = readFileSync(inDir(dir, DATABASE_FILE));
      // A second start as well, which finds the empty log that reading has made.
      for (let n = 0; n < 2; n += 1) refused('incomplete', () => openWriter(dir), /accept-copy/);
      assert.deepEqual(readFileSync(inDir(dir, DATABASE_FILE)), bytes);
    }
  });

  test('also when a reader prevented that the log was emptied, and its whole directory is not', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    const reader = new Database(inDir(writing.dir, DATABASE_FILE), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM messages').get();
    writing.write(3);
    assert.ok(!writing.store.truncate());
    refused('incomplete', () => openWriter(copied(t, writing.dir)), /accept-copy/);
    assert.equal(start(writing.crashed(t)), 'moved');
    reader.close();
    writing.close();
    assert.equal(start(copied(t, writing.dir)), 'unknown', 'after an orderly end it is whole');
  });

  test('a program that opens what a crash has left, and closes it, leaves it whole', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    const dir = writing.crashed(t);
    const other = new Database(inDir(dir, DATABASE_FILE));
    other.prepare('SELECT count(*) FROM messages').get();
    other.close();
    assert.ok(!existsSync(inDir(dir, WAL_FILE)));
    assert.equal(start(dir), 'moved');
    assert.equal(countIn(dir), writing.messages);
  });

  test('a crash between emptying the log and beginning the next one is not taken for a copy', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    assert.ok(writing.store.truncate());
    const dir = writing.crashed(t);
    const [file, note] = [new Database(inDir(dir, DATABASE_FILE)), readState(dir)];
    const [generation = ''] = note?.generations ?? [];
    file.prepare(`UPDATE meta SET value = value || ? || ? WHERE key = 'generation'`).run(generation, IN_USE);
    file.close();
    const copy = copied(t, dir);
    writeFileSync(inDir(dir, WAL_FILE), '');
    assert.ok(note);
    writeState(dir, { ...note, generations: ['0'.repeat(32), generation] });
    assert.equal(start(dir), 'moved');
    refused('incomplete', () => openWriter(copy));
    // The new one does not say it any more.
    assert.equal(start(copied(t, dir)), 'unknown');
  });

  test('accepted, it has a history of its own, and is accepted once', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    assert.ok(writing.store.truncate());
    const count = writing.messages;
    writing.write(3);
    const dir = copied(t, writing.dir);
    assert.ok(acceptCopy(dir));
    assert.ok(!acceptCopy(dir));
    assert.equal(start(dir), 'unknown');
    assert.equal(countIn(dir), count);
    assert.notEqual(historyIn(dir), historyIn(writing.dir));
    assert.ok(!acceptCopy(dir));
  });
});

describe('a database that is not whole', () => {
  /** The same database at two moments, each as one whole file. */
  const twoMoments = (t: Scope): readonly [Buffer, Buffer, string] => {
    const writing = new Writing(t);
    const now = (): Buffer => {
      assert.ok(writing.store.truncate());
      const dir = tempDir(t);
      copyFileSync(inDir(writing.dir, DATABASE_FILE), inDir(dir, DATABASE_FILE));
      // Else that is what they would be refused for.
      assert.ok(acceptCopy(dir));
      return readFileSync(inDir(dir, DATABASE_FILE));
    };
    writing.write(60);
    while (writing.store.indexSome(1_000));
    const early = now();
    writing.write(60);
    while (writing.store.indexSome(1_000));
    return [early, now(), writing.dir];
  };

  test('a copy that took its time, the first pages older than the last', (t) => {
    const [early, late] = twoMoments(t);
    const pages = early.length / PAGE;
    for (let taken = 1; taken < pages; taken += Math.ceil(pages / 12)) {
      const dir = tempDir(t);
      writeFileSync(
        inDir(dir, DATABASE_FILE),
        Buffer.concat([early.subarray(0, taken * PAGE), late.subarray(taken * PAGE)]),
      );
      refused('damaged', () => openWriter(dir), /restore it from a backup/);
    }
  });

  test('a copy that broke off', (t) => {
    const [, late] = twoMoments(t);
    for (const part of [0.3, 0.6, 0.95]) {
      const dir = tempDir(t);
      const pages = Math.floor((late.length / PAGE) * part);
      writeFileSync(inDir(dir, DATABASE_FILE), late.subarray(0, pages * PAGE));
      refused('damaged', () => openWriter(dir));
    }
  });

  test('whole ones at both moments pass', (t) => {
    for (const whole of twoMoments(t).slice(0, 2) as Buffer[]) {
      const dir = tempDir(t);
      writeFileSync(inDir(dir, DATABASE_FILE), whole);
      assert.equal(start(dir), 'unknown');
    }
  });

  test('the file the server left is not read as a whole, but cut short it is found', (t) => {
    const [, , dir] = twoMoments(t);
    const state = readState(dir);
    assert.equal(state?.generations.length, 1);
    const size = statSync(inDir(dir, DATABASE_FILE)).size;
    const copy = tempDir(t);
    cpSync(dir, copy, { recursive: true });
    assert.equal(start(copy), 'moved');
    assert.equal(start(copy), null);
    // The same file, as a disk would lose its end.
    truncateSync(inDir(copy, DATABASE_FILE), Math.floor(size / PAGE / 2) * PAGE);
    refused('damaged', () => openWriter(copy));
  });
});
