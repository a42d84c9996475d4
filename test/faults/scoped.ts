import type { Scope } from '../support/temp-dir.ts';

/** Does work that makes things, and unmakes them again, the last one first. */
export const scoped = async <T>(work: (scope: Scope) => Promise<T>): Promise<T> => {
  const disposals: (() => void | Promise<void>)[] = [];
  try {
    return await work({ after: (dispose) => disposals.unshift(dispose) });
  } finally {
    for (const dispose of disposals) await dispose();
  }
};
