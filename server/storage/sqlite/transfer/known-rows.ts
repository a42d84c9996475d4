import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { toBlob } from '../uuid.ts';

export interface ImportedUser {
  readonly row: number;
  readonly isDeleted: boolean;
  /** The last cursor of their log. */
  readonly cursor: number;
}

/** Finds users that were imported, by the ids that other records name. */
export class ImportedUsers {
  readonly #find;

  constructor(db: Db) {
    this.#find = db
      .prepare<[Buffer], [row: number, isDeleted: number, cursor: number]>(
        'SELECT u.row, u.is_anonymized, h.cursor FROM users u JOIN heads h ON h.user = u.row WHERE u.id = ?',
      )
      .raw();
  }

  /** @throws RecordFault */
  find(id: string): ImportedUser {
    const found = this.#find.get(toBlob(id));
    if (found === undefined) throw new RecordFault(`there is no user ${id}`);
    return { row: found[0], isDeleted: found[1] === 1, cursor: found[2] };
  }

  /** @throws RecordFault */
  findLiving(id: string): ImportedUser {
    const user = this.find(id);
    if (user.isDeleted) throw new RecordFault(`the user ${id} is deleted`);
    return user;
  }
}
