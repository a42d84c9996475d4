import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Where root gave a command, gives what it wrote in the data directory to the directory's owner: the server runs as that account, and
 *  refuses to start on files that it may not use. Links are left alone, because that account could have made them. Does nothing for
 *  others. */
export const giveToOwner = (dataDir: string): void => {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = lstatSync(dataDir);
  if (uid === 0) return;
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true && stats.uid === 0 && stats.nlink === 1) lchownSync(path, uid, gid);
  }
};
