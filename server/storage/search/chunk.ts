import { eachGram, GRAMS, userGram } from './grams.ts';
import { fold } from './fold.ts';
import { CHUNK_ROWS, encodeRows } from './postings.ts';

export interface Posting {
  readonly gram: number;
  readonly rows: Buffer;
}

/** Offsets of a gram that lie side by side: a list of single ones has the processor wait for memory at each of them. */
const BLOCK = 8;

/** The postings of one chunk while it fills: per gram a count and a list of blocks of offsets, linked backwards through two growing
 *  arrays. One instance is reused for chunk after chunk. */
export class ChunkBuilder {
  readonly #counts = new Uint16Array(GRAMS);
  /** The newest offset of each gram, and one: most grams of a text are repeats of its own. */
  readonly #seen = new Uint16Array(GRAMS);
  /** The newest block of each gram that has a count. */
  readonly #newest = new Int32Array(GRAMS);
  #offsets = new Uint16Array(1 << 16);
  #previous = new Int32Array((1 << 16) / BLOCK);
  #blocks = 0;
  readonly #users = new Map<number, number[]>();

  /** Offsets must rise. */
  add(offset: number, content: string): void {
    eachGram(fold(content), (gram) => {
      if (this.#seen[gram] === offset + 1) return;
      this.#seen[gram] = offset + 1;
      const count = this.#counts[gram] ?? 0;
      let block = this.#newest[gram] ?? 0;
      if (count % BLOCK === 0) block = this.#newest[gram] = this.#addBlock(block);
      this.#offsets[block * BLOCK + (count % BLOCK)] = offset;
      this.#counts[gram] = count + 1;
    });
  }

  /** The message at `offset` is one of this user's. For chunks that several users share. */
  addUser(offset: number, user: number): void {
    const known = this.#users.get(user);
    if (known === undefined) this.#users.set(user, [offset]);
    else known.push(offset);
  }

  /** The finished rows, ascending by gram, each encoded when it is asked for. */
  *finish(): Generator<Posting, void, void> {
    const offsets = new Uint16Array(CHUNK_ROWS);
    for (let gram = 0; gram < GRAMS; gram += 1) {
      const count = this.#counts[gram] ?? 0;
      if (count === 0) continue;
      let block = this.#newest[gram] ?? 0;
      // The list runs from the newest to the oldest; only the newest block may have room left.
      for (let end = count; end > 0; block = this.#previous[block] ?? 0) {
        const first = Math.floor((end - 1) / BLOCK) * BLOCK;
        for (let at = first; at < end; at += 1) offsets[at] = this.#offsets[block * BLOCK + at - first] ?? 0;
        end = first;
      }
      yield { gram, rows: encodeRows(offsets.subarray(0, count)) };
    }
    for (const [user, offsets] of [...this.#users].sort((a, b) => a[0] - b[0])) {
      yield { gram: userGram(user), rows: encodeRows(offsets) };
    }
  }

  clear(): void {
    this.#counts.fill(0);
    this.#seen.fill(0);
    this.#blocks = 0;
    this.#users.clear();
  }

  #addBlock(previous: number): number {
    const block = this.#blocks;
    if (block === this.#previous.length) this.#grow();
    this.#previous[block] = previous;
    this.#blocks += 1;
    return block;
  }

  #grow(): void {
    const offsets = new Uint16Array(this.#offsets.length * 2);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const previous = new Int32Array(this.#previous.length * 2);
    previous.set(this.#previous);
    this.#previous = previous;
  }
}
