import { readFileSync } from 'node:fs';

export interface Memory {
  /** KiB of resident pages. */
  readonly rss: number;
  /** KiB, shared pages divided among those who share them. */
  readonly pss: number;
}

/** What a process holds now. Linux only. */
export const readMemory = (pid: number): Memory => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? NaN);
  return { rss: field('Rss'), pss: field('Pss') };
};
