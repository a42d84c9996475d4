import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { acceptCopy } from '../../../server/storage/sqlite/accept-copy.ts';
import { checkFiles } from '../../../server/storage/sqlite/files/file-check.ts';
import {
  readState,
  STATE_FILE,
  WAL_FILE,
  type FileState,
} from '../../../server/storage/sqlite/files/file-state.ts';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import { DATABASE_FILE } from '../../../server/storage/sqlite/open.ts';
import { RandomSource } from '../../support/random-source.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';
import { PAGE, countIn, historyIn, inDir, refused, start, Writing } from '../start-stage.ts';

describe('a database that is put back', () => {
  test('beside the log of another one it is refused, and nothing is changed', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    const older = writing.crashed(t);
    // What a copy of the file alone holds is what had reached it.
    assert.ok(writing.store.truncate());
    writing.write(3);
    const dir = writing.crashed(t);
    copyFileSync(inDir(older, DATABASE_FILE), inDir(dir, DATABASE_FILE));
    const before = [DATABASE_FILE, WAL_FILE].map((name) => readFileSync(inDir(dir, name)));
    refused('mismatched', () => openWriter(dir), /parley\.db-wal/);
    assert.deepEqual(
      [DATABASE_FILE, WAL_FILE].map((name) => readFileSync(inDir(dir, name))),
      before,
    );
    // As the line says: with the log out of the way it is used as it is.
    const history = historyIn(older);
    rmSync(inDir(dir, WAL_FILE));
    rmSync(inDir(dir, `${DATABASE_FILE}-shm`), { force: true });
    refused('incomplete', () => openWriter(dir), /accept-copy/);
    acceptCopy(dir);
    assert.equal(start(dir), 'replaced');
    assert.equal(countIn(dir), 0);
    assert.notEqual(historyIn(dir), history, 'a copy that was put back is another history');
  });

  test('with its own log it is used, whatever the note says', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    const older = writing.crashed(t);
    const count = writing.messages;
    assert.ok(writing.store.truncate());
    writing.write(3);
    const dir = writing.crashed(t);
    for (const name of [DATABASE_FILE, WAL_FILE]) copyFileSync(inDir(older, name), inDir(dir, name));
    assert.equal(start(dir), 'replaced');
    assert.equal(countIn(dir), count);
  });

  test('a directory that was moved or copied as a whole is used as it was, crashed or not', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    const dir = writing.crashed(t);
    const count = writing.messages;
    const history = historyIn(writing.dir);
    assert.equal(start(dir), 'moved');
    assert.equal(countIn(dir), count);
    assert.equal(historyIn(dir), history);
    assert.equal(start(dir), null, 'the same from then on');
  });

  test('without a note everything is read, once', (t) => {
    const writing = new Writing(t);
    writing.write(3);
    const dir = writing.crashed(t);
    rmSync(inDir(dir, STATE_FILE));
    const history = historyIn(dir);
    assert.equal(start(dir), 'unknown');
    assert.equal(start(dir), null);
    assert.equal(historyIn(dir), history);
  });

  test('a note that is no note counts as none', (t) => {
    const writing = new Writing(t);
    for (const text of ['', '{', '[]', 'null', '{"generations":1,"metaPage":2}', '{"generations":[]}']) {
      const dir = writing.crashed(t);
      writeFileSync(inDir(dir, STATE_FILE), text);
      assert.equal(start(dir), 'unknown', text);
    }
  });
});

describe('what a crash or a power cut leaves is never refused', () => {
  /** The files before, during and after the log is emptied, and every note there was. */
  const moments = (t: Scope) => {
    const writing = new Writing(t);
    writing.write(2);
    assert.ok(writing.store.truncate());
    const notes = [readFileSync(inDir(writing.dir, STATE_FILE))];
    writing.write(4);
    const before = writing.crashed(t);
    assert.ok(writing.store.truncate());
    notes.push(readFileSync(inDir(writing.dir, STATE_FILE)));
    const after = writing.crashed(t);
    writing.write(1);
    return { before, after, since: writing.crashed(t), notes, count: writing.messages };
  };

  test('whichever pages a checkpoint had written, and whichever note had reached the disk', (t) => {
    const { before, after, notes } = moments(t);
    const random = new RandomSource(11);
    // The log as it was just before it was emptied holds the new generation too: SQLite writes it, then copies.
    const older = readFileSync(inDir(before, DATABASE_FILE));
    const newer = readFileSync(inDir(after, DATABASE_FILE));
    const log = logWithNewGeneration(before, notes[1]);
    for (let n = 0; n < 200; n += 1) {
      const dir = tempDir(t);
      const mixed = Buffer.from(newer);
      for (let at = 0; at < older.length; at += 512)
        if (random.chance(n / 200)) older.copy(mixed, at, at, at + 512);
      writeFileSync(inDir(dir, DATABASE_FILE), mixed);
      writeFileSync(inDir(dir, WAL_FILE), log);
      writeFileSync(inDir(dir, STATE_FILE), random.pick(notes));
      checkFiles(dir);
    }
  });

  test('a log that has just been begun, half begun or emptied', (t) => {
    const { after, since, notes, count } = moments(t);
    const log = readFileSync(inDir(since, WAL_FILE));
    // The note drops the previous generation only when the log has been begun.
    const [older, newer] = notes.map((note) => JSON.parse(note.toString()) as FileState);
    const both = [...(older?.generations ?? []), ...(newer?.generations ?? [])];
    const during = JSON.stringify({ ...newer, generations: both });
    for (const length of [0, 1, 31, 32, 33, 32 + 24 + PAGE - 1, 32 + 24 + PAGE, log.length - 1, log.length]) {
      const dir = tempDir(t);
      copyFileSync(inDir(after, DATABASE_FILE), inDir(dir, DATABASE_FILE));
      writeFileSync(inDir(dir, WAL_FILE), log.subarray(0, length));
      const isBegun = length >= 32 + 24 + PAGE;
      writeFileSync(inDir(dir, STATE_FILE), (isBegun ? notes[1] : undefined) ?? during);
      assert.equal(start(dir), 'moved', String(length));
      assert.ok(countIn(dir) === count || length < log.length);
    }
  });
});

/** The log of a crash in the middle of emptying it: what was written, then the generation of the note. */
const logWithNewGeneration = (dir: string, note: Buffer | undefined): Buffer => {
  const { generations } = JSON.parse(note?.toString('utf8') ?? '') as { generations: string[] };
  const db = new Database(inDir(dir, DATABASE_FILE));
  db.prepare(`UPDATE meta SET value = ? WHERE key = 'generation'`).run(
    `${generations.at(-1) ?? ''}${readState(dir)?.generations[0] ?? ''}`,
  );
  const log = readFileSync(inDir(dir, WAL_FILE));
  db.close();
  return log;
};
