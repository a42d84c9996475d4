import type { Clock } from '../../runtime/clock.ts';
import type { Connection } from '../open.ts';
import { ChunkBuilder } from './chunk.ts';
import type { Posting } from './chunk.ts';
import { FOLD_VERSION } from './fold.ts';
import { firstRowOf } from './postings.ts';

/** Postings written in one transaction of the index's own, at most. */
const FLUSH_ROWS = 1_500;
/** Messages read between two looks at the clock. */
const SLICE = 16;

/** Builds the search index behind the commits, in steps, on the writer's connection. A chunk of messages is read first; the
 *  postings of a full one are written along with the commits of others, or in transactions of their own while there are none.
 *  A chunk counts as indexed with the transaction that writes its last posting; until then searches read its messages
 *  themselves. A crash in between leaves postings that the next attempt replaces. */
export class Indexer {
  readonly #db: Connection;
  readonly #clock: Clock;
  readonly #builder = new ChunkBuilder();
  readonly #select;
  readonly #insert;
  readonly #setIndexed;
  readonly #newest;
  #chunk: number;
  #nextRow: number;
  #finished: Generator<Posting, void, void> | null = null;
  /** Taken from `#finished` and not yet committed; `#isLast`: no other follows. */
  #taken: Posting[] = [];
  #isLast = false;

  constructor(db: Connection, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#select = db
      .prepare<[number, number, number], [number, number, number, string]>(
        'SELECT row, sender, recipient, content FROM messages WHERE row >= ? AND row < ? ORDER BY row LIMIT ? + 0',
      )
      .raw();
    this.#insert = db.prepare<[number, number, Buffer]>(
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

  /** A chunk has been read, and waits to be written. */
  get isFull(): boolean {
    return this.#finished !== null;
  }

  /** Does one step, over at most `budget` messages and for about `ms` milliseconds: of this thread's time, so that a write which
   *  comes meanwhile waits no longer. Outside any transaction. Says whether there is more to do now. A full disk throws;
   *  the step is done again at the next call. */
  step(budget: number, ms = Infinity): boolean {
    const until = this.#clock.monotonic() + ms;
    if (this.#finished === null) return this.#read(budget, until);
    this.#db
      .transaction(() => {
        this.write(FLUSH_ROWS, until);
      })
      .immediate();
    this.committed();
    return this.isFull || this.backlog() > 0;
  }

  /** Writes up to `rows` postings of a full chunk inside the caller's transaction. They count when `committed` is called after it;
   *  if it is not, because the transaction failed, the next call writes them again. */
  write(rows: number, until = Infinity): void {
    if (this.#finished === null) return;
    this.#isLast = false;
    while (!this.#isLast && this.#taken.length < rows) {
      const next = this.#finished.next();
      if (next.done === true) this.#isLast = true;
      else this.#taken.push(next.value);
      if (this.#clock.monotonic() >= until) break;
    }
    for (const { gram, rows: bytes } of this.#taken) this.#insert.run(this.#chunk, gram, bytes);
    if (this.#isLast) this.#setIndexed.run(this.#chunk + 1);
  }

  /** What was written is committed. Never throws. */
  committed(): void {
    this.#taken = [];
    if (!this.#isLast) return;
    this.#isLast = false;
    this.#chunk += 1;
    this.#nextRow = firstRowOf(this.#chunk);
    this.#finished = null;
    this.#builder.clear();
  }

  #read(budget: number, until: number): boolean {
    const first = firstRowOf(this.#chunk);
    const end = firstRowOf(this.#chunk + 1);
    let more = true;
    for (let left = budget; more && left > 0 && this.#nextRow < end; left -= SLICE) {
      if (left < budget && this.#clock.monotonic() >= until) break;
      const slice = Math.min(SLICE, left);
      const read = this.#select.all(this.#nextRow, end, slice);
      for (const [row, sender, recipient, content] of read) {
        this.#builder.add(row - first, content, sender, recipient);
        this.#nextRow = row + 1;
      }
      more = read.length === slice;
    }
    // Rows come without gaps, so the chunk is full when its last row has been read.
    if (this.#nextRow < end) return more;
    this.#finished = this.#builder.finish();
    return true;
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
