import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { checkContent } from '../storage/sqlite/files/content-check.ts';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';
import { renewHistory } from '../storage/sqlite/history.ts';
import { storeDigests } from '../storage/sqlite/log-digests.ts';
import { SCHEMA_VERSION } from '../storage/sqlite/migrate.ts';
import { upgrade } from '../storage/sqlite/open-at-start.ts';
import { DATABASE_FILE, openReadOnly, openReadWrite } from '../storage/sqlite/open.ts';
import { StoreWriter } from '../storage/sqlite/open-writer.ts';
import type { Audit } from '../storage/writes.ts';
import { openArchive, type Archive } from './archive.ts';
import { BackupError, systemFault } from './backup-error.ts';
import { removingAfterwards } from './temporary.ts';
import { logLine, parseManifest, PARTS, type Manifest } from './manifest.ts';

export interface Restored {
  readonly manifest: Manifest;
  /** The new history. Clients that hold more than the backup drop what they cached when they connect. */
  readonly history: string;
}

/** Makes a data directory from a backup, after everything in the backup has been checked: its bytes, the integrity of the database, the
 *  counts, and the digest of every user's log. `dataDir` must be new or empty. A new directory appears when it is complete; in an empty
 *  one the database appears last. `audit`: who restores it, for the audit log.
 *  @throws BackupError `missing`, `foreign`, `damaged`, `newer`, `target`, `system` */
export const restoreBackup = async (path: string, dataDir: string, audit: Audit): Promise<Restored> => {
  const target = resolve(dataDir);
  refuseUsed(target);
  const archive = await openArchive(path);
  // Within a directory that is there, since it may be a disk of its own.
  const aside = existsSync(target)
    ? join(target, UNFINISHED)
    : join(dirname(target), `.${basename(target)}${UNFINISHED}`);
  try {
    return await removingAfterwards(aside, async () => {
      const manifest = parseManifest(path, await archive.read(PARTS.manifest), SCHEMA_VERSION);
      await unpack(archive, manifest, aside);
      checkAgainst(path, manifest, await archive.read(PARTS.logs), aside);
      const history = beginHistory(aside, manifest.made_at, audit);
      moveInto(aside, target);
      return { manifest, history };
    });
  } finally {
    await archive.close();
  }
};

/** The folder of a restore that is not finished, or was broken off. */
const UNFINISHED = '.restoring';
/** What may be in an empty directory: the root of an ext4 disk has the second. */
const IGNORED = new Set([UNFINISHED, 'lost+found']);

const refuseUsed = (target: string): void => {
  try {
    if (existsSync(target) && readdirSync(target).some((name) => !IGNORED.has(name)))
      throw new BackupError(
        'target',
        `${target} is not empty. A restore never replaces data: name an empty or a new directory.`,
      );
  } catch (error) {
    throw error instanceof BackupError ? error : systemFault(target, error);
  }
};

const unpack = async (archive: Archive, manifest: Manifest, folder: string): Promise<void> => {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700, recursive: true });
  } catch (error) {
    throw systemFault(folder, error);
  }
  for (const key of manifest.keys) await archive.extract(key, join(folder, key));
  await archive.extract(PARTS.database, join(folder, DATABASE_FILE));
};

/** Compares the unpacked database with what was counted when the backup was made. */
const checkAgainst = (path: string, manifest: Manifest, logs: Buffer, folder: string): void => {
  const db = openReadOnly(folder);
  try {
    checkContent(db, true);
    const found = storeDigests(db);
    const counted = Object.entries(manifest.counts).filter(
      ([name, expected]) => found.counts[name as keyof typeof found.counts] !== expected,
    );
    if (counted.length > 0)
      throw new BackupError(
        'damaged',
        `${path} is damaged: it does not hold the ${counted[0]?.[0] ?? ''} it names.`,
      );
    if (found.logs.map(logLine).join('') !== logs.toString('utf8'))
      throw new BackupError(
        'damaged',
        `${path} is damaged: the log of a user is not the one that was saved.`,
      );
  } finally {
    db.close();
  }
};

/** Brings the database to this program's schema, gives it a history of its own, and records that. */
const beginHistory = (folder: string, madeAt: string, audit: Audit): string => {
  const db = openReadWrite(folder);
  try {
    upgrade(db);
    const history = renewHistory(db);
    const detail = { made_at: madeAt };
    const input = { audit, action: 'restore', subjectId: null, target: null, detail };
    const [outcome] = new StoreWriter(db, {}).commit([{ type: 'recordAudit', input }]);
    if (outcome?.ok !== true) throw new BackupError('system', `${folder} can't be written`);
    return history;
  } finally {
    db.close();
  }
};

const moveInto = (aside: string, target: string): void => {
  try {
    syncFolder(aside);
    if (existsSync(target)) {
      // The database last: a server does not start on keys alone.
      const names = readdirSync(aside).sort(
        (a, b) => Number(a === DATABASE_FILE) - Number(b === DATABASE_FILE),
      );
      for (const name of names) renameSync(join(aside, name), join(target, name));
      syncFolder(target);
      return;
    }
    renameSync(aside, target);
    syncFolder(dirname(target));
  } catch (error) {
    throw systemFault(target, error);
  }
};
