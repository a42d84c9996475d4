import { statement, type Database } from '../sql.ts';

const ROWS = statement<[id: string, row: number]>(
  'user_rows',
  'SELECT id, row FROM users WHERE id = ANY($1::uuid[])',
);

/** About 150 bytes each. */
const CACHED = 50_000;

/** The row of each user, which never changes within one history of the database. */
export class UserRows {
  readonly #database: Pick<Database, 'query'>;
  #known = new Map<string, number>();

  constructor(database: Pick<Database, 'query'>) {
    this.#database = database;
  }

  forget(): void {
    this.#known = new Map();
  }

  /** Those of the users that exist. Asks the database only for users it has not met. */
  async of(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const missing = [...ids].filter((id) => !this.#known.has(id));
    if (this.#known.size + missing.length > CACHED) {
      this.#known = new Map();
      missing.splice(0, missing.length, ...ids);
    }
    if (missing.length > 0)
      for (const [id, row] of await this.#database.query(ROWS, [missing])) this.#known.set(id, row);
    const found = new Map<string, number>();
    for (const id of ids) {
      const row = this.#known.get(id);
      if (row !== undefined) found.set(id, row);
    }
    return found;
  }
}
