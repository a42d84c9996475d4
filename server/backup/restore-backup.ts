import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { giveToOwnerOf } from '../storage/data-dir/owner.ts';
import { isTemporary } from '../storage/data-dir/temporary-folder.ts';
import { filePath } from '../storage/sqlite/attachments/attachment-folder.ts';
import { giveAttachmentsToOwner, syncAttachments } from '../storage/sqlite/attachments/attachment-tree.ts';
import { storedFiles, storedFileSizes } from '../storage/sqlite/attachments/stored-files.ts';
import { checkContent } from '../storage/sqlite/files/content-check.ts';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';
import { forgetInUse } from '../storage/sqlite/files/in-use.ts';
import { renewHistory } from '../storage/sqlite/history.ts';
import { storeDigests } from '../storage/sqlite/log-digests.ts';
import { SCHEMA_VERSION } from '../storage/sqlite/migrate.ts';
import { upgrade } from '../storage/sqlite/open-at-start.ts';
import { DATABASE_FILE, openReadOnly, openReadWrite } from '../storage/sqlite/open.ts';
import { StoreWriter } from '../storage/sqlite/open-writer.ts';
import { nameOfAttachment } from '../storage/transfer/attachment-parts.ts';
import type { Audit } from '../storage/writes.ts';
import { openArchive, type Archive } from './archive.ts';
import { BackupError, systemFault } from './backup-error.ts';
import { logLine, parseManifest, PARTS, type Manifest } from './manifest.ts';
import { checkRoom } from './room.ts';
import { inTemporaryFolder } from './temporary.ts';

export interface Restored {
  readonly manifest: Manifest;
  /** The new history. Clients that hold more than the backup drop what they cached when they connect. */
  readonly history: string;
}

/** Makes a data directory from a backup, after everything in the backup has been checked: its bytes, the integrity of the database, the
 *  counts, the digest of every user's log, and the file of every attachment. `dataDir` must be new or empty. A new directory appears when it is complete; in an empty
 *  one the database appears last. `audit`: who restores it, for the audit log.
 *  @throws BackupError `missing`, `foreign`, `damaged`, `newer`, `target`, `system` */
export const restoreBackup = async (path: string, dataDir: string, audit: Audit): Promise<Restored> => {
  const target = resolve(dataDir);
  refuseUsed(target);
  const archive = await openArchive(path);
  // Within a directory that is there, since it may be a disk of its own.
  const parent = existsSync(target) ? target : dirname(target);
  try {
    makeParent(parent);
    return await inTemporaryFolder(parent, '.parley-restore-', async (folder) => {
      refuseUsed(target, basename(folder));
      await checkRoom(folder, archive.sizeOf('').bytes);
      const aside = join(folder, 'data');
      const manifest = parseManifest(path, await archive.read(PARTS.manifest), SCHEMA_VERSION);
      await unpack(archive, manifest, aside);
      checkAgainst(path, manifest, await archive.read(PARTS.logs), aside);
      await unpackAttachments(path, archive, aside);
      const history = beginHistory(aside, manifest.made_at, audit);
      moveInto(aside, target);
      return { manifest, history };
    });
  } finally {
    await archive.close();
  }
};

/** What may be in an empty directory: the root of an ext4 disk has it. */
const IGNORED = 'lost+found';

/** `own`: the temporary folder of this restore, once it has one; abandoned ones are gone by then. */
const refuseUsed = (target: string, own?: string): void => {
  const names = namesIn(target).filter((name) => name !== IGNORED && name !== own);
  if (names.some((name) => !isTemporary(name)))
    throw new BackupError(
      'target',
      `${target} is not empty. A restore never replaces data: name an empty or a new directory.`,
    );
  if (own !== undefined && names.length > 0)
    throw new BackupError('target', `another command is at work in ${target}: wait until it has ended`);
};

const namesIn = (target: string): readonly string[] => {
  try {
    return existsSync(target) ? readdirSync(target) : [];
  } catch (error) {
    throw systemFault(target, error);
  }
};

const makeParent = (parent: string): void => {
  try {
    mkdirSync(parent, { recursive: true });
  } catch (error) {
    throw systemFault(parent, error);
  }
};

const unpack = async (archive: Archive, manifest: Manifest, folder: string): Promise<void> => {
  mkdirSync(folder, { mode: 0o700 });
  giveToOwnerOf(dirname(folder), folder);
  for (const key of manifest.keys) await archive.extract(key, join(folder, key));
  await archive.extract(PARTS.database, join(folder, DATABASE_FILE));
};

/** Unpacks the files that the unpacked database names. */
const unpackAttachments = async (path: string, archive: Archive, folder: string): Promise<void> => {
  const damaged = (what: string): BackupError =>
    new BackupError('damaged', `${path} is damaged: ${what}. Use another backup.`);
  const db = openReadOnly(folder);
  try {
    let files = 0;
    for (const attachment of storedFiles(db)) {
      const { sha256, size } = attachment;
      const to = filePath(folder, sha256);
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      const found = await archive.extract(PARTS.attachments + sha256, to);
      if (found !== sha256 || statSync(to).size !== size)
        throw damaged(`it has other bytes for ${nameOfAttachment(attachment)}`);
      files += 1;
    }
    if (archive.sizeOf(PARTS.attachments).entries !== files)
      throw damaged('it has files of attachments that its database does not name');
  } finally {
    db.close();
  }
  syncAttachments(folder);
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
    const { files, bytes } = storedFileSizes(db);
    const named = manifest.attachments ?? { files: 0, bytes: 0 };
    if (files !== named.files || bytes !== named.bytes)
      throw new BackupError('damaged', `${path} is damaged: it does not hold the attachments it names.`);
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
    // A backup is whole. One that was made while a disk was full may hold the mark all the same.
    forgetInUse(db);
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
    giveAttachmentsToOwner(aside);
    for (const name of readdirSync(aside)) giveToOwnerOf(aside, join(aside, name));
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
