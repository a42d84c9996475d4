import { checkCurrent } from './migrate.ts';
import { openExisting } from './open.ts';

/** Stores an invitation through a connection of its own, for the operator's command. The one exception to the single writer,
 *  safe beside a running server: SQLite's lock lets one transaction in at a time, this one is a single row that no cache of
 *  the writer's holds, and either side waits up to 2 s for the other. `now`: milliseconds since the epoch.
 *  @throws StoreError where there is no database of this program's schema; it makes none and migrates none */
export const storeInvite = (dataDir: string, hash: Uint8Array, now: number): void => {
  const db = openExisting(dataDir);
  try {
    checkCurrent(db);
    db.prepare('INSERT OR IGNORE INTO invites (hash, created_at) VALUES (?, ?)').run(hash, now);
  } finally {
    db.close();
  }
};
