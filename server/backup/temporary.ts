import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { systemFault } from './backup-error.ts';

/** What is removed when the program is interrupted. */
const paths = new Set<string>();

const remove = (path: string): void => {
  rmSync(path, { recursive: true, force: true });
};

const interrupted = (signal: NodeJS.Signals): void => {
  for (const path of paths) remove(path);
  process.exit(signal === 'SIGINT' ? 130 : 143);
};

/** Runs `work`, and then removes what lies at `path`, a file or a folder: also when the program is interrupted meanwhile, for example by
 *  Ctrl-C. For programs only, since it answers the signals of the whole process. */
export const removingAfterwards = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  if (paths.size === 0) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupted);
  paths.add(path);
  try {
    return await work();
  } finally {
    paths.delete(path);
    remove(path);
    if (paths.size === 0)
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
  }
};

/** Makes a folder with a new name below `scratch`. @throws BackupError `missing`, `system` */
export const temporaryFolder = (scratch: string, prefix: string): string => {
  try {
    return mkdtempSync(join(scratch, prefix));
  } catch (error) {
    throw systemFault(scratch, error);
  }
};
