import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** In the data directory. */
export const ATTACHMENTS_FOLDER = 'attachments';
const INCOMING = 'incoming';
const FILE_NAME = /^[0-9a-f]{64}$/;
const FOLDER_NAME = /^[0-9a-f]{2}$/;
const CHOSEN_ID = /^[0-9a-f-]{1,64}$/;

export const incomingFolder = (dataDir: string): string => join(dataDir, ATTACHMENTS_FOLDER, INCOMING);

/** Where an upload is while it is taken in. `id` is checked: it becomes the name of a file. */
export const incomingPath = (dataDir: string, id: string): string => {
  if (!CHOSEN_ID.test(id)) throw new Error('an attachment whose id is no UUID');
  return join(incomingFolder(dataDir), id);
};

/** Where the bytes with this hash are. */
export const filePath = (dataDir: string, sha256: string): string => {
  if (!FILE_NAME.test(sha256)) throw new Error('a hash that is no SHA-256');
  return join(dataDir, ATTACHMENTS_FOLDER, sha256.slice(0, 2), sha256);
};

/** Whether a folder or a file of it is one of ours; others (`lost+found`) are left alone. */
export const isFileFolder = (name: string): boolean => FOLDER_NAME.test(name);
export const isFileOf = (folder: string, name: string): boolean =>
  FILE_NAME.test(name) && name.startsWith(folder);

/** Creates the folder (0700) if it is missing, its name in its parent made durable. The parent exists. */
const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  await syncFolder(dirname(path));
};

/** Creates a folder of attachments and the one above it. */
export const makeFolders = async (path: string): Promise<void> => {
  await makeFolder(dirname(path));
  await makeFolder(path);
};

/** What `link` says where a file cannot have a second name. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Whether `link` failed because a file cannot have a second name there. */
export const hasNoLinks = (error: unknown): boolean =>
  NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '');

/** Makes the names in a folder durable. */
export const syncFolder = async (path: string): Promise<void> => {
  // Windows opens no folders, and keeps names by itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
