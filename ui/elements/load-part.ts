import { ownScript, servedScript } from '../net/served-build.ts';

/** Why a part of the client that comes in a file of its own is not there. `updated`: the server serves another build, which has other
 *  files. `unreached`: it does not answer. `broken`: it answers, with the same build. */
export type Missing = 'updated' | 'unreached' | 'broken';

/** Null once it is there. It may be asked for again: browsers that remember a failure need a reload. */
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
