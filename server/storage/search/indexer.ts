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
/** Outdated postings deleted between two looks at the clock. */
const DELETE_SLICE = 64;

/** Builds the search index behind the commits, in steps, on the writer's connection. A chunk of messages is read first; the
 *  postings of a full one are written along with the commits of others, or in transactions of their own while there are none.
 *  A chunk counts as indexed with the transaction that writes its last posting; until then searches read its messages
 *  themselves. A crash in between, or a new FOLD_VERSION, leaves postings that nobody reads; they are deleted, in steps too, before
 *  the chunk is written again. */
export class Indexer {
  readonly #db: Connection;
  readonly #clock: Clock;
  readonly #builder = new ChunkBuilder();
  readonly #select;
  readonly #insert;
  readonly #delete;
  readonly #setIndexed;
  readonly #newest;
  #chunk: number;
  #nextRow: number;
  #finished: Generator<Posting, void, void> | null = null;
  /** Taken from `#finished` and not yet committed; `#isLast`: no other follows. */
  #taken: Posting[] = [];
  #isLast = false;
  /** Chunks below this one may have outdated postings. */
  #outdatedEnd: number;
  /** Of the chunk being written: whether its outdated postings are gone, as committed and with what was written since. */
  #isCleared = false;
  #willBeCleared = false;

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
    this.#delete = db.prepare<[number, number, number]>(
      `DELETE FROM search_postings WHERE chunk = ? AND gram <=
       (SELECT max(gram) FROM (SELECT gram FROM search_postings WHERE chunk = ? ORDER BY gram LIMIT ? + 0))`,
    );
    this.#setIndexed = db.prepare<[number]>(`UPDATE meta SET value = ? WHERE key = 'indexed_chunks'`);
    this.#newest = db.prepare<[], number | null>('SELECT max(row) FROM messages').pluck();
    startOverIfOutdated(db);
    this.#chunk = Number(db.prepare(`SELECT value FROM meta WHERE key = 'indexed_chunks'`).pluck().get());
    this.#nextRow = firstRowOf(this.#chunk);
    const last = db.prepare<[], number | null>('SELECT max(chunk) FROM search_postings').pluck().get();
    this.#outdatedEnd = (last ?? -1) + 1;
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

  /** Writes up to `rows` postings of a full chunk inside the caller's transaction, or deletes as many outdated ones. They count when `committed` is called after it;
   *  if it is not, because the transaction failed, the next call writes them again. */
  write(rows: number, until = Infinity): void {
    if (this.#finished === null) return;
    this.#isLast = false;
    this.#willBeCleared = this.#isCleared || this.#clear(rows, until);
    if (!this.#willBeCleared) return;
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
    this.#isCleared = this.#willBeCleared;
    if (!this.#isLast) return;
    this.#isLast = false;
    this.#isCleared = false;
    this.#willBeCleared = false;
    this.#chunk += 1;
    this.#nextRow = firstRowOf(this.#chunk);
    this.#finished = null;
    this.#builder.clear();
  }

  /** Deletes up to about `rows` outdated postings of the chunk to be written. Says whether that was all. */
  #clear(rows: number, until: number): boolean {
    if (this.#chunk >= this.#outdatedEnd) return true;
    for (let left = rows; left > 0; left -= DELETE_SLICE) {
      const slice = Math.min(DELETE_SLICE, left);
      if (this.#delete.run(this.#chunk, this.#chunk, slice).changes < slice) return true;
      if (this.#clock.monotonic() >= until) break;
    }
    return false;
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

/** Another folding or another Unicode would look up other grams than those that were stored. They stay for now: nothing is served until
 *  this is done, and deleting those of 500,000 messages takes 0.3 s. */
const startOverIfOutdated = (db: Connection): void => {
  const stored = db.prepare(`SELECT value FROM meta WHERE key = 'fold_version'`).pluck().get();
  if (stored === FOLD_VERSION) return;
  db.transaction(() => {
    db.exec(`UPDATE meta SET value = 0 WHERE key = 'indexed_chunks'`);
    db.prepare(`INSERT OR REPLACE INTO meta VALUES ('fold_version', ?)`).run(FOLD_VERSION);
  }).immediate();
};
