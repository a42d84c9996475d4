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
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { checkFiles } from '../../server/storage/file-check.ts';
import { readState, STATE_FILE, WAL_FILE } from '../../server/storage/file-state.ts';
import { openWriter, type GroupCommit } from '../../server/storage/group-commit.ts';
import type { FileFound } from '../../server/storage/open-at-start.ts';
import { DATABASE_FILE } from '../../server/storage/open.ts';
import { openQueries } from '../../server/storage/queries.ts';
import { StoreError, type StoreReason } from '../../server/storage/store-error.ts';
import { Talk } from '../faults/store-writer.ts';
import { RandomSource } from '../support/random-source.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const PAGE = 4_096;

const refused = (reason: StoreReason, open: () => unknown, says = /parley\.db/): void => {
  assert.throws(open, (error: unknown) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
};

/** Two people who write to each other, in a store that is open. */
class Writing {
  readonly dir: string;
  readonly store: GroupCommit;
  readonly #talk = new Talk(new RandomSource(7));

  constructor(scope: Scope) {
    this.dir = join(tempDir(scope), 'data');
    this.store = openWriter(this.dir);
    scope.after(() => {
      this.store.close();
    });
    this.store.commit(this.#talk.people());
  }

  write(batches: number): void {
    for (let n = 0; n < batches; n += 1)
      assert.ok(this.store.commit(this.#talk.batch(null, 0)).every(({ ok }) => ok));
  }

  get messages(): number {
    return countIn(this.dir);
  }

  /** As a crash leaves it: what has been written, and no orderly end. */
  crashed(scope: Scope): string {
    const copy = tempDir(scope);
    cpSync(this.dir, copy, { recursive: true });
    return copy;
  }
}

const countIn = (dir: string): number => {
  const queries = openQueries(dir);
  const { low, high } = new Talk(new RandomSource(7)).pair;
  const count = queries.conversationState({ low, high })?.lastSeq ?? 0;
  queries.close();
  return count;
};

/** Opens and closes; returns why the whole file was read, or null. */
const start = (dir: string): FileFound | null => {
  let thorough: FileFound | null = null;
  const store = openWriter(dir, {
    onThorough: (found) => {
      thorough = found;
    },
  });
  store.close();
  return thorough;
};

const historyIn = (dir: string): string => {
  const queries = openQueries(dir);
  const history = queries.history();
  queries.close();
  return history;
};

const inDir = (dir: string, name: string): string => join(dir, name);

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
    for (const length of [0, 1, 31, 32, 33, 32 + 24 + PAGE - 1, 32 + 24 + PAGE, log.length - 1, log.length]) {
      const dir = tempDir(t);
      copyFileSync(inDir(after, DATABASE_FILE), inDir(dir, DATABASE_FILE));
      writeFileSync(inDir(dir, WAL_FILE), log.subarray(0, length));
      writeFileSync(inDir(dir, STATE_FILE), notes[1] ?? '');
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

describe('a database that is missing or without tables', () => {
  test('a fresh one has its tables in the file itself from the first moment', (t) => {
    const dir = tempDir(t);
    const store = openWriter(dir);
    const copy = tempDir(t);
    copyFileSync(inDir(dir, DATABASE_FILE), inDir(copy, DATABASE_FILE));
    store.close();
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

describe('a database that is not whole', () => {
  /** The same database at two moments, each as one whole file. */
  const twoMoments = (t: Scope): readonly [Buffer, Buffer, string] => {
    const writing = new Writing(t);
    const now = (): Buffer => {
      assert.ok(writing.store.truncate());
      return readFileSync(inDir(writing.dir, DATABASE_FILE));
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
