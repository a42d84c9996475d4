import { eachGram, GRAMS, personGram } from './grams.ts';
import { fold } from './fold.ts';
import { CHUNK_ROWS, encodeRows } from './postings.ts';

export interface Posting {
  readonly gram: number;
  readonly rows: Buffer;
}

/** The postings of one chunk while it fills: per gram a list of offsets, linked backwards through two growing arrays. One instance is
 *  reused for chunk after chunk. */
export class ChunkBuilder {
  readonly #last = new Int32Array(GRAMS).fill(-1);
  #offsets = new Uint16Array(1 << 16);
  #previous = new Int32Array(1 << 16);
  #used = 0;
  readonly #people = new Map<number, number[]>();

  /** Offsets must rise. */
  add(offset: number, content: string, sender: number, recipient: number): void {
    eachGram(fold(content), (gram) => {
      const last = this.#last[gram] ?? -1;
      if (last >= 0 && this.#offsets[last] === offset) return;
      if (this.#used === this.#offsets.length) this.#grow();
      this.#offsets[this.#used] = offset;
      this.#previous[this.#used] = last;
      this.#last[gram] = this.#used;
      this.#used += 1;
    });
    this.#addPerson(sender, offset);
    this.#addPerson(recipient, offset);
  }

  /** The finished rows, ascending by gram, each encoded when it is asked for. */
  *finish(): Generator<Posting, void, void> {
    const offsets = new Uint16Array(CHUNK_ROWS);
    for (let gram = 0; gram < GRAMS; gram += 1) {
      let at = this.#last[gram] ?? -1;
      if (at < 0) continue;
      // The list runs from the newest to the oldest.
      let first = CHUNK_ROWS;
      for (; at >= 0; at = this.#previous[at] ?? -1) offsets[(first -= 1)] = this.#offsets[at] ?? 0;
      yield { gram, rows: encodeRows(offsets.subarray(first)) };
    }
    for (const [user, offsets] of [...this.#people].sort((a, b) => a[0] - b[0])) {
      yield { gram: personGram(user), rows: encodeRows(offsets) };
    }
  }

  clear(): void {
    this.#last.fill(-1);
    this.#used = 0;
    this.#people.clear();
  }

  #addPerson(user: number, offset: number): void {
    const known = this.#people.get(user);
    if (known === undefined) this.#people.set(user, [offset]);
    else known.push(offset);
  }

  #grow(): void {
    const offsets = new Uint16Array(this.#used * 2);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const previous = new Int32Array(this.#used * 2);
    previous.set(this.#previous);
    this.#previous = previous;
  }
}
