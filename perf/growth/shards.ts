import type { Benchmark } from '../benchmarks/benchmark.ts';
import { pinnedWork, unpinnedWork } from '../benchmarks/loads.ts';
import { median } from '../report/statistics.ts';
import { ratiosOf, sideBySide, valuesOf, type Load, type Rounds } from '../servers/side-by-side.ts';

const SHARDS = [0, 1, 2, 4];

/** More threads for the actors. */
export const byShards: Benchmark = {
  id: 'growth-shards',
  title: 'Shards (`PARLEY_SHARDS`)',
  async measure({ quick, said }) {
    const seconds = { warmUpS: quick ? 1 : 3, windowS: quick ? 1.5 : 4 };
    const tight: Load = { ...pinnedWork, ...seconds };
    const wide: Load = { ...unpinnedWork, ...seconds };
    const runs: { shards: number; pinned: Rounds; free: Rounds }[] = [];
    for (const shards of SHARDS) {
      said(` ${shards} shards`);
      const settings = { PARLEY_SHARDS: String(shards) };
      runs.push({
        shards,
        pinned: await sideBySide(['relay', 'parley'], { ...tight, settings }, quick ? 1 : 3, said),
        free: await sideBySide(['parley'], { ...wide, settings }, quick ? 1 : 3, said),
      });
    }
    const cpu = (rounds: Rounds): number => median(valuesOf(rounds, 'parley', ({ cpuUs }) => cpuUs));
    const rate = (rounds: Rounds): number =>
      Math.round(median(valuesOf(rounds, 'parley', ({ perSecond }) => perSecond)));
    return {
      how: 'Pinned: 100 pairs with 1 message in flight each, everything on one CPU, alternating with (a). Unpinned: 200 pairs with 8 each. Messages of 200 bytes, receipts batched for 40 ms, 4 s, 3 rounds.',
      goals: [],
      tables: [
        {
          columns: [
            'shards',
            'pinned: CPU × (a)',
            'CPU µs/message',
            'unpinned: CPU µs/message',
            'messages/s',
            'RSS MiB',
          ],
          rows: runs.map(({ shards, pinned, free }) => [
            shards,
            median(ratiosOf(pinned, 'parley', 'relay', ({ cpuUs }) => cpuUs)),
            cpu(pinned),
            cpu(free),
            rate(free),
            median(valuesOf(free, 'parley', ({ rss }) => rss / 1024)),
          ]),
        },
      ],
      plots: [
        {
          name: 'growth-shards',
          title: 'CPU of a message by shards',
          x: 'PARLEY_SHARDS',
          y: 'server CPU, µs a message',
          across: 'steps',
          series: [
            { name: 'pinned', points: runs.map(({ shards, pinned }) => [shards, cpu(pinned)] as const) },
            { name: 'unpinned', points: runs.map(({ shards, free }) => [shards, cpu(free)] as const) },
          ],
        },
      ],
    };
  },
};
