import { FOLD_VERSION } from '../../search/fold.ts';

/** `FOLD_VERSION` as a number that rises: the rules, then Unicode's version. Hosts of several versions share one index, and a newer
 *  one replaces what an older one has built. */
export const indexVersion = (foldVersion = FOLD_VERSION): number => {
  const [rules = 0, major = 0, minor = 0] = foldVersion.split(/[/.]/).map(Number);
  return (rules * 1_000 + major) * 100 + minor;
};
