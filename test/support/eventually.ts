import { pause, within } from './deadline.ts';

const LOOK_EVERY_MS = 20;

/** Looks until it is so: for what no event tells, such as the bytes of a file or a figure of the metrics. */
export const eventually = async (
  what: string,
  isSo: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> => {
  let over = false;
  const look = async (): Promise<void> => {
    while (!over && !(await isSo())) await pause(LOOK_EVERY_MS);
  };
  try {
    await within(ms, what, look());
  } finally {
    over = true;
  }
};
