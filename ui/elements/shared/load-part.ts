import { ownScript, servedScript } from '../../net/served-build.ts';

/** Returns a function that loads a part, once. If that fails, the next call tries again. */
export const loadOnce = (load: () => Promise<void>): (() => void) => {
  let isThere = false;
  return () => {
    if (isThere) return;
    isThere = true;
    load().catch(() => {
      isThere = false;
    });
  };
};

/** Why a part of the client in a separate file could not be loaded. `updated`: the server serves another build with other files.
 *  `unreached`: the server does not answer. `broken`: it answers with the same build. */
export type Missing = 'updated' | 'unreached' | 'broken';

/** Loads a part. Returns null if it is loaded, otherwise why not. May be called again, though some browsers remember
 *  a failure until a reload. */
export const loadPart = async (load: () => Promise<unknown>): Promise<Missing | null> => {
  try {
    await load();
    return null;
  } catch {
    const served = await servedScript();
    if (served === null) return 'unreached';
    return served === ownScript() ? 'broken' : 'updated';
  }
};
