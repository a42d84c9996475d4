import { diskAlone } from '../load/disk-alone.ts';
import type { Table } from '../report/model.ts';
import { median } from '../report/statistics.ts';
import { TARGETS, type Target } from '../servers/targets.ts';
import { inFolder } from '../servers/server.ts';
import { sideBySide, valuesOf, type Load, type Rounds } from '../servers/side-by-side.ts';
import { slowSync } from '../slow-sync/build.ts';
import type { Benchmark } from './benchmark.ts';
import { absolutes, baselines, goal } from './load-tables.ts';

const PER_SECOND = 1_000;
const BYTES = 200;

/** What every server that stores waits for, whatever else it does. */
const diskTable = (dir: string, repeats: number, seconds: number): Table => ({
  title: 'The disk alone: what is due is written to a file and synced, by a thread that does nothing else',
  columns: ['round', 'p50 ms', 'p99 ms'],
  rows: Array.from({ length: repeats }, (_, i) => {
    const { p50, p99 } = diskAlone(dir, PER_SECOND, BYTES, seconds);
    return [i + 1, p50, p99];
  }),
});

const lateness = (rounds: Rounds): number => median(valuesOf(rounds, 'parley', ({ lateP99 }) => lateP99));

/** How long a person waits for what the other said, on a server that has other things to do too. */
export const latency: Benchmark = {
  id: 'latency',
  title: 'Send to receive at a paced 1,000 messages a second',
  async measure({ quick, said }) {
    const load: Load = {
      pairs: 200,
      pace: { kind: 'open', perSecond: PER_SECOND },
      receipts: 'gathered',
      bytes: BYTES,
      workers: 1,
      warmUpS: quick ? 1 : 8,
      windowS: quick ? 3 : 12,
    };
    const repeats = quick ? 1 : 3;
    const plain = await sideBySide(TARGETS, load, repeats, said);
    const disk = await inFolder((dir) => Promise.resolve(diskTable(dir, repeats, load.windowS)));
    const slow = await sideBySide(['parley'], { ...load, server: slowSync(2) }, repeats, said);
    const p99 = (rounds: Rounds, who: Target = 'parley'): readonly number[] =>
      valuesOf(rounds, who, (sample) => sample.p99);
    const beside = baselines((who) => p99(plain, who));
    return {
      how: `Open loop over 200 pairs, 200 bytes, unpinned: each message is due at its own moment and its time counts from there, also when the generator or the server was late (no coordinated omission); ${load.windowS} s after ${load.warmUpS} s, 3 rounds. The generator itself was late by ${lateness(plain).toFixed(2)} ms (99 %). (b) can’t hold this rate with 2 ms more to every fsync.`,
      goals: [
        goal('p99 send to receive, 1,000/s', p99(plain), 'ms', 'at most', 2, { beside }),
        goal('p99 send to receive, 1,000/s, 2 ms more to every fsync', p99(slow), 'ms', 'at most', 10),
      ],
      tables: [absolutes(plain), disk, absolutes(slow, 'With 2 ms more to every fsync')],
    };
  },
};
