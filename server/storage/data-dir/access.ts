import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { StoreError } from '../store-error.ts';

/** What the server itself keeps in the data directory. Other entries (`lost+found`) are none of its business. */
const OWN_FILE = /^parley\.(?:db(?:-wal|-shm|-journal)?|lock|sock)$|\.key$/;

/** Checks, before anything is opened, that this account may use the data directory and each of the server's files in it. A
 *  directory that was copied, or used by another account, often contains a file that it may not use.
 *  @throws StoreError `not-writable` that names the file, its owner and what to do */
export const checkAccess = (dataDir: string): void => {
  const { R_OK, W_OK, X_OK } = constants;
  const fault =
    faultOf(dataDir, R_OK | W_OK | X_OK) ??
    firstOf(
      readdirSync(dataDir).filter((name) => OWN_FILE.test(name)),
      (name) => faultOf(join(dataDir, name), R_OK | W_OK),
    );
  if (fault === null) return;
  throw new StoreError('not-writable', `the data directory ${dataDir} can't be written: ${fault}`);
};

const firstOf = (names: readonly string[], look: (name: string) => string | null): string | null => {
  for (const name of names) {
    const found = look(name);
    if (found !== null) return found;
  }
  return null;
};

const faultOf = (path: string, wanted: number): string | null => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const me = process.geteuid?.() ?? null;
  // Whoever does not own a file may not narrow its mode either, however open it stands.
  const isForeign = me !== null && me !== 0 && stats.uid !== me;
  try {
    accessSync(path, wanted);
    if (!isForeign) return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') return `${path} is on a read-only file system`;
    if (!isForeign)
      return `${path} has mode ${modeOf(stats.mode)}; the server must be able to read and write it`;
  }
  const owners = `${path} belongs to user ${nameOf(stats.uid)}, and the server runs as user ${nameOf(me)}`;
  return `${owners}: as root, run chown -R ${String(me)} on the directory, or start the server as its owner`;
};

const modeOf = (mode: number): string => `0${(mode & 0o777).toString(8)}`;

const nameOf = (uid: number): string => {
  if (uid === 0) return 'root';
  try {
    const own = userInfo();
    return own.uid === uid ? `${own.username} (${String(uid)})` : String(uid);
  } catch {
    return String(uid); // No entry for this account, as in many containers.
  }
};
