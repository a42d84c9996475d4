import type { Clock } from '../../../runtime/clock.ts';
import type { Tx, WriteConnection, WriteStatements } from '../transactions.ts';
import { ChunkBuilder } from '../../search/chunk.ts';
import type { Posting } from '../../search/chunk.ts';
import { FOLD_VERSION } from '../../search/fold.ts';
import { firstRowOf } from '../../search/postings.ts';

/** Postings written in one transaction of the index's own, at most. */
const FLUSH_ROWS = 1_500;
/** Messages read between two looks at the clock. */
const SLICE = 16;
/** Outdated postings deleted between two looks at the clock. */
const DELETE_SLICE = 64;

/** Builds the search index after the commits, in steps, on the writer's connection. First a chunk of messages is read. The
 *  postings of a full chunk are written in the transactions of other writes, or in own transactions while there are none. A
 *  chunk counts as indexed with the transaction that writes its last posting; until then, searches read its messages directly. A
 *  crash in between, or a new FOLD_VERSION, leaves postings that nobody reads. They are deleted, also in steps, before the chunk
 *  is written again. */
export class Indexer {
  readonly #connection: WriteConnection;
  readonly #clock: Clock;
  readonly #builder = new ChunkBuilder();
  readonly #select;
  readonly #insert;
  readonly #delete;
  readonly #setIndexed;
  readonly #newest;
  readonly #removedTo;
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

  constructor(connection: WriteConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#select = connection
      .read<[number, number, number], [number, number, number, string]>(
        'SELECT row, sender, recipient, content FROM messages WHERE row >= ? AND row < ? ORDER BY row LIMIT ? + 0',
      )
      .raw();
    this.#insert = connection.write<[number, number, Buffer]>(
      'INSERT OR REPLACE INTO search_postings VALUES (?, ?, ?)',
    );
    this.#delete = connection.write<[number, number, number]>(
      `DELETE FROM search_postings WHERE chunk = ? AND gram <=
       (SELECT max(gram) FROM (SELECT gram FROM search_postings WHERE chunk = ? ORDER BY gram LIMIT ? + 0))`,
    );
    this.#setIndexed = connection.write<[number]>(`UPDATE meta SET value = ? WHERE key = 'indexed_chunks'`);
    this.#newest = connection.read<[], number | null>('SELECT max(row) FROM messages').pluck();
    this.#removedTo = connection.read<[], number>('SELECT removed_to FROM retention WHERE one = 1').pluck();
    const indexed = connection
      .read<[], number>(`SELECT value FROM meta WHERE key = 'indexed_chunks'`)
      .pluck();
    const last = connection.read<[], number | null>('SELECT max(chunk) FROM search_postings').pluck();
    connection.transaction(startOverIfOutdated(connection));
    [this.#chunk, this.#outdatedEnd] = connection.snapshot((rx) => [
      rx.get(indexed) ?? 0,
      (rx.get(last) ?? -1) + 1,
    ]);
    this.#nextRow = firstRowOf(this.#chunk);
  }

  /** Messages that searches still read themselves. */
  backlog(): number {
    const newest = this.#connection.snapshot((rx) => rx.get(this.#newest));
    return Math.max(0, (newest ?? 0) + 1 - firstRowOf(this.#chunk));
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
    this.#connection.transaction((tx) => {
      this.write(tx, FLUSH_ROWS, until);
    });
    this.committed();
    return this.isFull || this.backlog() > 0;
  }

  /** Writes up to `rows` postings of a full chunk inside the caller's transaction, or deletes as many outdated ones. They count
   *  when `committed` is called after it; if it is not, because the transaction failed, the next call writes them again. */
  write(tx: Tx, rows: number, until = Infinity): void {
    if (this.#finished === null) return;
    this.#isLast = false;
    this.#willBeCleared = this.#isCleared || this.#clear(tx, rows, until);
    if (!this.#willBeCleared) return;
    while (!this.#isLast && this.#taken.length < rows) {
      const next = this.#finished.next();
      if (next.done === true) this.#isLast = true;
      else this.#taken.push(next.value);
      if (this.#clock.monotonic() >= until) break;
    }
    for (const { gram, rows: bytes } of this.#taken) tx.run(this.#insert, this.#chunk, gram, bytes);
    if (this.#isLast) tx.run(this.#setIndexed, this.#chunk + 1);
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
  #clear(tx: Tx, rows: number, until: number): boolean {
    if (this.#chunk >= this.#outdatedEnd) return true;
    for (let left = rows; left > 0; left -= DELETE_SLICE) {
      const slice = Math.min(DELETE_SLICE, left);
      if (tx.run(this.#delete, this.#chunk, this.#chunk, slice).changes < slice) return true;
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
      const read = this.#connection.snapshot((rx) => rx.all(this.#select, this.#nextRow, end, slice));
      for (const [row, sender, recipient, content] of read) {
        this.#builder.add(row - first, content);
        this.#builder.addUser(row - first, sender);
        this.#builder.addUser(row - first, recipient);
        this.#nextRow = row + 1;
      }
      more = read.length === slice;
    }
    // Rows come without gaps, so the chunk is full when its last row has been read, or when retention has removed the rest.
    if (this.#nextRow < end && !more) {
      const removedTo = this.#connection.snapshot((rx) => rx.get(this.#removedTo)) ?? 0;
      this.#nextRow = Math.min(end, Math.max(this.#nextRow, removedTo + 1));
    }
    if (this.#nextRow < end) return more;
    this.#finished = this.#builder.finish();
    return true;
  }
}

/** Another folding or another Unicode would look up other grams than those that were stored. They stay for now: nothing is served until
 *  this is done, and deleting those of 500,000 messages takes 0.3 s. */
const startOverIfOutdated = (db: WriteStatements): ((tx: Tx) => void) => {
  const stored = db.read<[], string>(`SELECT value FROM meta WHERE key = 'fold_version'`).pluck();
  const forget = db.write<[]>(`UPDATE meta SET value = 0 WHERE key = 'indexed_chunks'`);
  const note = db.write<[string]>(`INSERT OR REPLACE INTO meta VALUES ('fold_version', ?)`);
  return (tx) => {
    if (tx.get(stored) === FOLD_VERSION) return;
    tx.run(forget);
    tx.run(note, FOLD_VERSION);
  };
};
