import type { Scope } from './temp-dir.ts';

type Dispose = () => void | Promise<void>;

const kept: Dispose[] = [];
let areKept = false;

/** Called by scripts/test-lane.mjs, which runs many test files in one process, before the first of them. */
export const keepBetweenFiles = (): void => {
  areKept = true;
};

/** Called by scripts/test-lane.mjs after the last file. */
export const endKept = async (): Promise<void> => {
  for (const dispose of kept.splice(0).reverse()) await dispose();
};

/** The scope of what all test files of a process may share. For a file that is run by itself that is the file's own scope. */
export const processScope = (file: Scope): Scope =>
  areKept
    ? {
        after: (dispose) => {
          kept.push(dispose);
        },
      }
    : file;
