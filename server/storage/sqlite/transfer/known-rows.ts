import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { toBlob } from '../uuid.ts';

export interface ImportedUser {
  readonly row: number;
  readonly isDeleted: boolean;
  /** The last cursor of their log. */
  readonly cursor: number;
}

type RawUser = [row: number, isDeleted: number, cursor: number];
const toUser = ([row, isDeleted, cursor]: RawUser): ImportedUser => ({
  row,
  isDeleted: isDeleted === 1,
  cursor,
});

/** Finds users that were imported, by the ids that other records name. */
export class ImportedUsers {
  readonly #find;
  readonly #at;

  constructor(db: Db) {
    const select =
      'SELECT u.row, u.is_anonymized, h.cursor FROM users u JOIN heads h ON h.user = u.row WHERE';
    this.#find = db.prepare<[Buffer], RawUser>(`${select} u.id = ?`).raw();
    this.#at = db.prepare<[number], RawUser>(`${select} u.row = ?`).raw();
  }

  /** @throws RecordFault */
  find(id: string): ImportedUser {
    const found = this.#find.get(toBlob(id));
    if (found === undefined) throw new RecordFault(`there is no user ${id}`);
    return toUser(found);
  }

  /** The user with a row that another record has named. */
  at(row: number): ImportedUser {
    const found = this.#at.get(row);
    if (found === undefined) throw new Error(`no user ${String(row)}`);
    return toUser(found);
  }

  /** @throws RecordFault */
  findLiving(id: string): ImportedUser {
    const user = this.find(id);
    if (user.isDeleted) throw new RecordFault(`the user ${id} is deleted`);
    return user;
  }
}
