import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { copyFile, link, mkdir, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToOwnerOf } from '../../data-dir/owner.ts';
import { syncFolder } from '../files/file-state.ts';
import { ATTACHMENTS_FOLDER, hasNoLinks, isFileFolder, isFileOf } from './attachment-folder.ts';

/** The files of attachments of a data directory, as a whole. */

const foldersIn = (dataDir: string): readonly string[] => {
  const folder = join(dataDir, ATTACHMENTS_FOLDER);
  return existsSync(folder) ? readdirSync(folder).filter(isFileFolder) : [];
};

/** Moves them to another directory on the same disk. What is there stays; a file of the same name holds the same. When this returns, they
 *  survive a power cut. */
export const moveAttachments = (from: string, to: string): void => {
  const folders = foldersIn(from);
  if (folders.length === 0) return;
  const target = join(to, ATTACHMENTS_FOLDER);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  giveToOwnerOf(to, target);
  for (const name of folders) {
    const [here, there] = [join(from, ATTACHMENTS_FOLDER, name), join(target, name)];
    mkdirSync(there, { recursive: true, mode: 0o700 });
    giveToOwnerOf(to, there);
    for (const file of readdirSync(here).filter((each) => isFileOf(name, each))) {
      giveToOwnerOf(to, join(here, file));
      renameSync(join(here, file), join(there, file));
    }
    syncFolder(there);
  }
  syncFolder(target);
  syncFolder(to);
};

/** Makes their names durable. */
export const syncAttachments = (dataDir: string): void => {
  const folders = foldersIn(dataDir);
  for (const name of folders) syncFolder(join(dataDir, ATTACHMENTS_FOLDER, name));
  if (folders.length > 0) syncFolder(join(dataDir, ATTACHMENTS_FOLDER));
};

/** Gives them to the owner of a directory, in which they are, where root has made them: see `giveToOwnerOf`. */
export const giveAttachmentsToOwner = (dataDir: string): void => {
  const folder = join(dataDir, ATTACHMENTS_FOLDER);
  for (const name of foldersIn(dataDir)) {
    for (const file of readdirSync(join(folder, name))) giveToOwnerOf(dataDir, join(folder, name, file));
    giveToOwnerOf(dataDir, join(folder, name));
  }
  if (existsSync(folder)) giveToOwnerOf(dataDir, folder);
};

/** Gives each file a second name in another directory, so that it stays there when it is removed here; where the file systems do not allow
 *  that, copies it. `beforeCopying`: told how many bytes that takes, before the first copy; what it rejects with ends this. */
export const linkAttachments = async (
  from: string,
  to: string,
  beforeCopying: (bytes: number) => Promise<void>,
): Promise<void> => {
  let isCopying = false;
  for await (const { folder, name } of filesIn(from)) {
    const [source, target] = [
      join(from, ATTACHMENTS_FOLDER, folder, name),
      join(to, ATTACHMENTS_FOLDER, folder, name),
    ];
    if (await linked(source, target, isCopying)) continue;
    if (!isCopying) await beforeCopying(await bytesOfAttachments(from));
    isCopying = true;
    await copyFile(source, target);
  }
};

/** Whether it was. */
const linked = async (source: string, target: string, isCopying: boolean): Promise<boolean> => {
  await mkdir(join(target, '..'), { recursive: true, mode: 0o700 });
  if (isCopying) return false;
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (hasNoLinks(error)) return false;
    throw error;
  }
};

/** Of all files, also those that no attachment has any more. */
export const bytesOfAttachments = async (dataDir: string): Promise<number> => {
  let bytes = 0;
  for await (const { folder, name } of filesIn(dataDir)) {
    const found = await stat(join(dataDir, ATTACHMENTS_FOLDER, folder, name)).catch(() => null);
    bytes += found?.size ?? 0;
  }
  return bytes;
};

async function* filesIn(dataDir: string): AsyncGenerator<{ readonly folder: string; readonly name: string }> {
  for (const folder of foldersIn(dataDir))
    for await (const { name } of await opendir(join(dataDir, ATTACHMENTS_FOLDER, folder)))
      if (isFileOf(folder, name)) yield { folder, name };
}
