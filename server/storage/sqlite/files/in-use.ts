import type { Db } from '../open.ts';
import { StoreError } from '../../store-error.ts';
import { WAL_FILE, type FileState } from './file-state.ts';

/** While a server runs, its database file says so, and the write-ahead log beside it takes that back: the row `meta.generation` ends
 *  with this in the file, and not in the log. So a copy of the file without its log is known by it, and
 *  whoever reads both does not see it. */
export const IN_USE = ' in use';

const GENERATION_LENGTH = 32;
const GENERATION = `SELECT value FROM meta WHERE key = 'generation'`;

/** Refuses a copy of the file of a running server without its log, where the latest messages are. A crash can leave the same in the
 *  moment between emptying the log and beginning the next one; then the note beside the database names both generations.
 *  @throws StoreError `incomplete` */
export const checkNotInUse = (db: Db, state: FileState | null): void => {
  const value = valueIn(db);
  if (!value.endsWith(IN_USE)) return;
  if (state?.generations.length === 2 && state.generations.includes(value.slice(0, GENERATION_LENGTH)))
    return;
  throw new StoreError(
    'incomplete',
    `${db.name} was copied while a server used it, and without ${WAL_FILE}, which holds the latest messages: copy the two ` +
      'together, or make a copy with "parley backup". To use it as it is, although what is missing is lost, run "parley accept-copy".',
  );
};

export const isInUse = (db: Db): boolean => valueIn(db).endsWith(IN_USE);

const valueIn = (db: Db): string => db.prepare<[], string>(GENERATION).pluck().get() ?? '';

/** From now on the copy counts as whole. */
export const forgetInUse = (db: Db): void => {
  db.prepare(`UPDATE meta SET value = replace(value, ?, '') WHERE key = 'generation'`).run(IN_USE);
};
