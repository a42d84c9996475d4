import { statfs } from 'node:fs/promises';
import { BackupError, systemFault } from './backup-error.ts';

/** Asks for room before anything is written. `folder`: where it will be.
 *  @throws BackupError `system` if the disk has less than `bytes` left */
export const checkRoom = async (folder: string, bytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(folder).catch((error: unknown) => {
    throw systemFault(folder, error);
  });
  const free = bavail * bsize;
  if (free >= bytes) return;
  const mb = (of: number): string => `${String(Math.ceil(of / 1024 / 1024))} MB`;
  throw new BackupError('system', `this needs ${mb(bytes)} in ${folder}, and ${mb(free)} are free there`);
};
