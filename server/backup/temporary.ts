import { rmSync } from 'node:fs';
import process from 'node:process';
import { makeTemporaryFolder, type TemporaryPrefix } from '../storage/data-dir/temporary-folder.ts';
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

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
let watching = 0;
const watchSignals = (): void => {
  watching += 1;
  if (watching === 1) for (const signal of SIGNALS) process.on(signal, interrupted);
};
const unwatchSignals = (): void => {
  watching -= 1;
  if (watching === 0) for (const signal of SIGNALS) process.off(signal, interrupted);
};

/** Runs `work` with a new folder below `parent`, and then removes it: also when the program is interrupted meanwhile, for example by
 *  Ctrl-C. What a killed program leaves is removed by the next one that works below `parent`, and by a server that starts there. For
 *  programs only, since it answers the signals of the whole process.
 *  @throws BackupError `missing`, `system` if the folder can't be made */
export const inTemporaryFolder = async <T>(
  parent: string,
  prefix: TemporaryPrefix,
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  // Before the folder is there: a signal that nobody waits for ends the program at once.
  watchSignals();
  try {
    const { path, release } = made(parent, prefix);
    paths.add(path);
    try {
      return await work(path);
    } finally {
      paths.delete(path);
      remove(path);
      release();
    }
  } finally {
    unwatchSignals();
  }
};

const made = (parent: string, prefix: TemporaryPrefix) => {
  try {
    return makeTemporaryFolder(parent, prefix);
  } catch (error) {
    throw systemFault(parent, error);
  }
};
