import type { Connection } from '../open.ts';
import { fromBlob, toBlob } from '../uuid.ts';

/** A row of `users`; `name` is null for a deleted person. */
export interface Person {
  readonly row: number;
  readonly id: string;
  readonly name: string | null;
}

/** A person who is not deleted. */
export type LivingPerson = Person & { readonly name: string };

export const isLiving = (person: Person | null): person is LivingPerson =>
  person !== null && person.name !== null;

const CACHED = 50_000;

/** People by id and by row, remembered by the writer. Only the writer changes them, so what is remembered is right until a
 *  transaction is undone (`forget`) or a person is deleted (`forget`). */
export class People {
  readonly #byId;
  readonly #byRow;
  readonly #known = new Map<string, Person>();

  constructor(db: Connection) {
    this.#byId = db
      .prepare<[Buffer], [number, string | null]>('SELECT row, username FROM users WHERE id = ?')
      .raw();
    this.#byRow = db
      .prepare<[number], [Buffer, string | null]>('SELECT id, username FROM users WHERE row = ?')
      .raw();
  }

  /** Null for an id that nobody has or had. */
  find(id: string): Person | null {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = this.#byId.get(toBlob(id));
    if (found === undefined) return null;
    const person = { row: found[0], id, name: found[1] };
    if (this.#known.size >= CACHED) this.#known.clear();
    this.#known.set(id, person);
    return person;
  }

  /** Null for deleted people too. */
  findLiving(id: string): LivingPerson | null {
    const person = this.find(id);
    return isLiving(person) ? person : null;
  }

  at(row: number): Person {
    const found = this.#byRow.get(row);
    if (found === undefined) throw new Error(`no person at row ${String(row)}`);
    return { row, id: fromBlob(found[0]), name: found[1] };
  }

  forget(): void {
    this.#known.clear();
  }
}
