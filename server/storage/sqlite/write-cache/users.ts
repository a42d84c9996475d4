import { isLiving, type KnownUser, type LivingUser } from '../../rules/known-user.ts';
import type { ReadStatements, Rx } from '../transactions.ts';
import { fromBlob, toBlob } from '../uuid.ts';

const CACHED = 50_000;

/** The writer's cache of users, by id and by row. Only the writer changes users, so the cache is right until a transaction is
 *  rolled back or a user is deleted; both call `forget`. */
export class Users {
  readonly #byId;
  readonly #byRow;
  readonly #idOfName;
  readonly #known = new Map<string, KnownUser>();

  constructor(db: ReadStatements) {
    this.#byId = db
      .read<[Buffer], [number, string | null]>('SELECT row, username FROM users WHERE id = ?')
      .raw();
    this.#byRow = db
      .read<[number], [Buffer, string | null]>('SELECT id, username FROM users WHERE row = ?')
      .raw();
    this.#idOfName = db.read<[string], Buffer>('SELECT id FROM users WHERE username = ?').pluck();
  }

  /** Null for an id that never existed. */
  find(rx: Rx, id: string): KnownUser | null {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = rx.get(this.#byId, toBlob(id));
    if (found === undefined) return null;
    const user = { row: found[0], id, name: found[1] };
    if (this.#known.size >= CACHED) this.#known.clear();
    this.#known.set(id, user);
    return user;
  }

  /** The user who has this name now, however it is capitalised. */
  findNamed(rx: Rx, username: string): LivingUser | null {
    const id = rx.get(this.#idOfName, username.toLowerCase());
    return id === undefined ? null : this.findLiving(rx, fromBlob(id));
  }

  /** Null for deleted users too. */
  findLiving(rx: Rx, id: string): LivingUser | null {
    const user = this.find(rx, id);
    return isLiving(user) ? user : null;
  }

  at(rx: Rx, row: number): KnownUser {
    const found = rx.get(this.#byRow, row);
    if (found === undefined) throw new Error(`no user at row ${String(row)}`);
    return { row, id: fromBlob(found[0]), name: found[1] };
  }

  forget(): void {
    this.#known.clear();
  }
}
