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
CREATE TEMP TABLE hosts (
  id TEXT PRIMARY KEY,
  heartbeat_at INTEGER NOT NULL,
  -- When it was found dead.
  gone_at INTEGER
) WITHOUT ROWID;
CREATE TEMP TABLE connections (
  -- Rises with each connection: the oldest of a user give way.
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  socket TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  user INTEGER NOT NULL,
  session INTEGER NOT NULL,
  visible INTEGER NOT NULL
);
CREATE INDEX temp.connections_of_user ON connections (user);
CREATE INDEX temp.connections_of_host ON connections (host);
`;

/** To be called on the writer's connection before its statements are prepared. */
export const makeTransientTables = (db: Db): void => {
  db.exec(TRANSIENT);
};
