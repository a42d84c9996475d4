import { shown } from './numbers.ts';

/** Judges what two servers spent on a message, each by its best round, against a recorded ratio. A regression is only what lies
 *  beyond `factor` times that. Pure. */
export const ratioVerdict = (
  ours: readonly number[],
  base: readonly number[],
  { ratio, factor }: { readonly ratio: number; readonly factor: number },
): { readonly sentence: string; readonly isRegression: boolean } => {
  const [least, leastBase] = [Math.min(...ours), Math.min(...base)];
  const found = least / leastBase;
  const isRegression = !(found <= ratio * factor);
  return {
    isRegression,
    sentence:
      `CPU of a message: ${shown(found)} × (a) (${shown(least)} and ${shown(leastBase)} µs), recorded ${shown(ratio)}, ` +
      (isRegression
        ? `more than ${shown(factor)} times that: a regression.`
        : `fails beyond ${shown(ratio * factor)}.`),
  };
};
