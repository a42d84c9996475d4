import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Where root gave a command, gives a file or a folder that it has made to the owner of `folder`, in which it stands or is about to stand:
 *  the server runs as that account, and refuses to start on files that it may not use. Links, and files with several names, are left
 *  alone, because that account could have made them. Does nothing for others. */
export const giveToOwnerOf = (folder: string, path: string): void => {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = lstatSync(folder);
  if (uid === 0) return;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.uid !== 0) return;
  if (stats.isDirectory() || (stats.isFile() && stats.nlink === 1)) lchownSync(path, uid, gid);
};

/** The same for all files in a data directory. */
export const giveToOwner = (dataDir: string): void => {
  if (process.geteuid?.() !== 0) return;
  for (const entry of readdirSync(dataDir, { withFileTypes: true }))
    if (entry.isFile()) giveToOwnerOf(dataDir, join(dataDir, entry.name));
};
