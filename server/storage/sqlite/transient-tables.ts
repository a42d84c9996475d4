import type { Db } from './open.ts';

/** What is forgotten when the writer ends. In temporary tables, which are in memory, so that a change is undone with the transaction
 *  that made it, and a commit that changes nothing else writes nothing to the disk. */
const TRANSIENT = `
CREATE TEMP TABLE login_slots (
  slot TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  ends_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX temp.login_slots_of_key ON login_slots (key);
CREATE INDEX temp.login_slots_by_end ON login_slots (ends_at);
`;

/** To be called on the writer's connection before its statements are prepared. */
export const makeTransientTables = (db: Db): void => {
  db.exec(TRANSIENT);
};
