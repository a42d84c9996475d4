import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { filePath } from '../../server/storage/sqlite/attachments/attachment-folder.ts';

/** Puts bytes where an upload has put them before it is recorded: into a file of a data directory. Returns its path. */
export const keepAttachment = (dataDir: string, bytes: string): string => {
  const path = filePath(dataDir, createHash('sha256').update(bytes).digest('hex'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};
