import { chmodSync, constants, copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Copies one file, with a mode of its own whatever the one of the source is. Where the disk can share blocks, it does. */
export const copyTo = (source: string, target: string, mode = 0o644): void => {
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, mode);
};
