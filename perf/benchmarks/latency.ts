import { diskAlone } from '../load/disk-alone.ts';
import type { Table } from '../report/model.ts';
import { median } from '../report/statistics.ts';
import { TARGETS, type ServerTarget } from '../servers/targets.ts';
import { inFolder } from '../servers/server.ts';
import { sideBySide, valuesOf, type Load, type Rounds } from '../servers/side-by-side.ts';
import { slowSync } from '../slow-sync/build.ts';
import type { Benchmark } from './benchmark.ts';
import { absolutes, baselines, goal } from './load-tables.ts';

const PER_SECOND = 1_000;
const BYTES = 200;

/** What every server that stores waits for, whatever else it does. */
const diskTable = (dir: string, repeats: number, seconds: number): Table => ({
  title: 'The disk alone: a thread that does nothing else writes the same bytes to a file and syncs it',
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
  title: 'Send to receive at a steady 1,000 messages per second',
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
    const p99 = (rounds: Rounds, who: ServerTarget = 'parley'): readonly number[] =>
      valuesOf(rounds, who, (sample) => sample.p99);
    const beside = baselines((who) => p99(plain, who));
    return {
      how: `Open loop over 200 pairs, messages of 200 bytes, unpinned. Each message is due at its own moment, and its latency counts from that moment even if the generator or the server is late (no coordinated omission). ${load.windowS} s after a warm-up of ${load.warmUpS} s, 3 rounds. The generator itself was late by at most ${lateness(plain).toFixed(2)} ms for 99 % of the messages. (b) cannot hold this rate when every fsync takes 2 ms longer.`,
      goals: [
        goal('p99 send to receive, 1,000/s', p99(plain), 'ms', 'at most', 2, { beside }),
        goal('p99 send to receive, 1,000/s, 2 ms added to every fsync', p99(slow), 'ms', 'at most', 10),
      ],
      tables: [absolutes(plain), disk, absolutes(slow, 'With 2 ms added to every fsync')],
    };
  },
};
