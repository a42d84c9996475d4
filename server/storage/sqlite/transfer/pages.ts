import type { Db } from '../open.ts';

const ROWS = 1_000;

/** Reads the rows of a query a page at a time. The query continues after the values that it is given. */
export class Pages<Row extends readonly unknown[], After extends readonly unknown[]> {
  readonly #select;
  readonly #size: number;

  /** `size`: rows of a page. */
  constructor(db: Db, sql: string, size = ROWS) {
    this.#size = size;
    this.#select = db.prepare<unknown[], Row>(`${sql} LIMIT ${String(size)}`).raw();
  }

  /** `nextOf`: after which values the page behind that of this row begins. */
  *rows(first: After, nextOf: (row: Row) => After): Generator<Row, void, void> {
    for (let after = first; ;) {
      const page = this.#select.all(...after);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < this.#size) return;
      after = nextOf(last);
    }
  }
}
