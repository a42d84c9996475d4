import { giveToOwner } from '../data-dir/owner.ts';
import { checkFiles } from './files/file-check.ts';
import { forgetInUse, isInUse } from './files/in-use.ts';
import { renewHistory } from './history.ts';
import { checkVersion } from './migrate.ts';
import { databasePath, guarded, openReadWrite } from './open.ts';

/** Lets a server start on a copy that `checkNotInUse` refuses. Clients may have seen more than it holds, so it gets a history of its
 *  own [O12]. Returns false if the database is no such copy. `dataDir`: with a database, and locked by the
 *  caller. @throws StoreError */
export const acceptCopy = (dataDir: string): boolean => {
  checkFiles(dataDir);
  const db = openReadWrite(dataDir);
  try {
    return guarded(databasePath(dataDir), () => {
      checkVersion(db);
      if (!isInUse(db)) return false;
      db.transaction(() => {
        forgetInUse(db);
        renewHistory(db);
      }).immediate();
      return true;
    });
  } finally {
    db.close();
    giveToOwner(dataDir);
  }
};
