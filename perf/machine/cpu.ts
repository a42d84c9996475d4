import { readdirSync, readFileSync } from 'node:fs';

/** One thread's time on a CPU so far. */
export interface ThreadCpu {
  readonly tid: number;
  readonly name: string;
  /** Microseconds, user and system. */
  readonly us: number;
}
export type CpuReading = readonly ThreadCpu[];

/** CPU time of each living thread of a process, from the scheduler's own nanosecond account. Linux only. */
export const readCpu = (pid: number): CpuReading =>
  readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      const [ns] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ');
      const name = readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim();
      return [{ tid: Number(tid), name, us: Number(ns) / 1000 }];
    } catch {
      return []; // The thread ended between the two looks.
    }
  });

/** Microseconds that each thread ran between two readings, most first; a thread that is new began at 0. */
export const spentBetween = (before: CpuReading, after: CpuReading): readonly ThreadCpu[] => {
  const began = new Map(before.map(({ tid, us }) => [tid, us]));
  return after
    .map(({ tid, name, us }) => ({ tid, name, us: us - (began.get(tid) ?? 0) }))
    .filter(({ us }) => us > 0)
    .sort((a, b) => b.us - a.us);
};

export const totalOf = (threads: readonly ThreadCpu[]): number =>
  threads.reduce((sum, { us }) => sum + us, 0);
