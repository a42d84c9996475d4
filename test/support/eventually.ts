import { pause, within } from './deadline.ts';

/** A look may cost more than what it looks at, above all in a browser: the longer it takes, the fewer there are. */
const BETWEEN_LOOKS = { firstMs: 20, mostMs: 80, growth: 1.25 };

/** Looks until it is so: for what no event tells, such as the bytes of a file or a figure of the metrics. */
export const eventually = async (
  what: string,
  isSo: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> => {
  let over = false;
  const look = async (): Promise<void> => {
    const { firstMs, mostMs, growth } = BETWEEN_LOOKS;
    for (let ms = firstMs; !over && !(await isSo()); ms = Math.min(ms * growth, mostMs)) await pause(ms);
  };
  try {
    await within(ms, what, look());
  } finally {
    over = true;
  }
};
