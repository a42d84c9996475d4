import { NEW_HISTORY } from './migrations/0002-history.ts';
import type { Db } from './open.ts';

/** Makes a new history of what the database holds: every client that connects drops what it cached and reads it anew. For
 *  each restore and import, after the migrations. [O12] Returns the new id. */
export const renewHistory = (db: Db): string =>
  db
    .prepare<[], string>(`UPDATE meta SET value = (${NEW_HISTORY}) WHERE key = 'history' RETURNING value`)
    .pluck()
    .get() ?? '';

/** For a copy that goes on with the history of what it is a copy of. */
export const setHistory = (db: Db, history: string): void => {
  db.prepare(`UPDATE meta SET value = ? WHERE key = 'history'`).run(history);
};
