import type { Connection } from '../open.ts';
import { ChunkBuilder } from './chunk.ts';
import type { Posting } from './chunk.ts';
import { FOLD_VERSION } from './fold.ts';
import { firstRowOf } from './postings.ts';

/** Postings written in one transaction: some milliseconds of the writer's time. */
const FLUSH_ROWS = 1_500;

/** Builds the search index behind the commits, in steps, on the writer's connection. A chunk counts as indexed with the
 *  transaction that writes its last rows; until then searches read its messages themselves. A crash in between leaves
 *  rows that the next attempt replaces. */
export class Indexer {
  readonly #db: Connection;
  readonly #builder = new ChunkBuilder();
  readonly #read;
  readonly #write;
  readonly #setIndexed;
  readonly #newest;
  #chunk: number;
  #nextRow: number;
  #finished: Generator<Posting, void, void> | null = null;
  /** Taken from `#finished` and not yet committed. */
  #taken: Posting[] = [];

  constructor(db: Connection) {
    this.#db = db;
    this.#read = db
      .prepare<[number, number, number], [number, number, number, string]>(
        'SELECT row, sender, recipient, content FROM messages WHERE row >= ? AND row < ? ORDER BY row LIMIT ?',
      )
      .raw();
    this.#write = db.prepare<[number, number, Buffer]>(
      'INSERT OR REPLACE INTO search_postings VALUES (?, ?, ?)',
    );
    this.#setIndexed = db.prepare<[number]>(`UPDATE meta SET value = ? WHERE key = 'indexed_chunks'`);
    this.#newest = db.prepare<[], number | null>('SELECT max(row) FROM messages').pluck();
    discardOutdated(db);
    this.#chunk = Number(db.prepare(`SELECT value FROM meta WHERE key = 'indexed_chunks'`).pluck().get());
    this.#nextRow = firstRowOf(this.#chunk);
  }

  /** Messages that searches still read themselves. */
  backlog(): number {
    return Math.max(0, (this.#newest.get() ?? 0) + 1 - firstRowOf(this.#chunk));
  }

  /** Does one step over at most `budget` messages. Outside any transaction. Says whether there is more to do now. A full disk
   *  throws; the step is done again at the next call. */
  step(budget: number): boolean {
    if (this.#finished !== null) return this.#flush(this.#finished);
    const end = firstRowOf(this.#chunk + 1);
    const read = this.#read.all(this.#nextRow, end, budget);
    const first = firstRowOf(this.#chunk);
    for (const [row, sender, recipient, content] of read) {
      this.#builder.add(row - first, content, sender, recipient);
      this.#nextRow = row + 1;
    }
    // Rows come without gaps, so the chunk is full when its last row has been read.
    if (this.#nextRow >= end) {
      this.#finished = this.#builder.finish();
      return true;
    }
    return read.length === budget;
  }

  #flush(finished: Generator<Posting, void, void>): boolean {
    let done = false;
    while (!done && this.#taken.length < FLUSH_ROWS) {
      const next = finished.next();
      if (next.done === true) done = true;
      else this.#taken.push(next.value);
    }
    this.#db
      .transaction(() => {
        for (const { gram, rows } of this.#taken) this.#write.run(this.#chunk, gram, rows);
        if (done) this.#setIndexed.run(this.#chunk + 1);
      })
      .immediate();
    // Only after the commit: a full disk leaves them to be written again.
    this.#taken = [];
    if (!done) return true;
    this.#chunk += 1;
    this.#nextRow = firstRowOf(this.#chunk);
    this.#finished = null;
    this.#builder.clear();
    return this.backlog() > 0;
  }
}

/** Another folding or another Unicode would look up other grams than those that were stored: start over. */
const discardOutdated = (db: Connection): void => {
  const stored = db.prepare(`SELECT value FROM meta WHERE key = 'fold_version'`).pluck().get();
  if (stored === FOLD_VERSION) return;
  db.transaction(() => {
    db.exec('DELETE FROM search_postings');
    db.exec(`UPDATE meta SET value = 0 WHERE key = 'indexed_chunks'`);
    db.prepare(`INSERT OR REPLACE INTO meta VALUES ('fold_version', ?)`).run(FOLD_VERSION);
  }).immediate();
};
