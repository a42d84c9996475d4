import { median } from '../report/statistics.ts';
import { TARGETS } from '../servers/targets.ts';
import { ratiosOf, sideBySide, type Load } from '../servers/side-by-side.ts';
import type { Benchmark } from './benchmark.ts';
import { absolutes, goal, threadTable } from './load-tables.ts';
import { pinnedWork, unpinnedWork } from './loads.ts';

const seconds = (quick: boolean): Pick<Load, 'warmUpS' | 'windowS'> =>
  quick ? { warmUpS: 1, windowS: 1.5 } : { warmUpS: 3, windowS: 5 };

/** The stable figure: everything on one CPU, so that the scheduler has no say. */
export const pinnedCpu: Benchmark = {
  id: 'cpu-pinned',
  title: 'CPU per message, pinned',
  async measure({ quick, said }) {
    const load: Load = { ...pinnedWork, ...seconds(quick) };
    const rounds = await sideBySide(TARGETS, load, quick ? 1 : 5, said);
    const without = await sideBySide(['relay', 'parley'], { ...load, receipts: 'none' }, quick ? 1 : 3, said);
    const each = await sideBySide(['relay', 'parley'], { ...load, receipts: 'each' }, quick ? 1 : 3, said);
    const ratios = ratiosOf(rounds, 'parley', 'relay', ({ cpuUs }) => cpuUs);
    const what = 'server CPU per message, pinned, 100 pairs × 1';
    return {
      how: `100 pairs, each with one message of 200 bytes in flight, server and generator pinned to one CPU; ${load.windowS} s after a warm-up of ${load.warmUpS} s, 5 rounds, alternating with (a) and (b). Recipients acknowledge delivery as our client does: one receipt for what arrived within 40 ms.`,
      goals: [
        goal(what, ratios, '× (a)', 'at most', 4.5),
        goal(what, ratios, '× (a)', 'at most', 2.5, { stretch: true }),
      ],
      tables: [
        absolutes(rounds),
        threadTable(rounds),
        {
          title: 'CPU × (a), by how recipients send receipts',
          columns: ['none', 'batched for 40 ms', 'one per message'],
          rows: [
            [without, rounds, each].map((some) =>
              median(ratiosOf(some, 'parley', 'relay', ({ cpuUs }) => cpuUs)),
            ),
          ],
        },
      ],
    };
  },
};

/** Throughput: as much as the machine gives, wherever the scheduler puts it. */
export const unpinned: Benchmark = {
  id: 'throughput',
  title: 'CPU per message and messages per second, unpinned',
  async measure({ quick, said }) {
    const load: Load = { ...unpinnedWork, ...seconds(quick) };
    const rounds = await sideBySide(TARGETS, load, quick ? 1 : 5, said);
    return {
      how: `200 pairs, each with 8 messages of 200 bytes in flight, not pinned to a CPU; ${load.windowS} s after a warm-up of ${load.warmUpS} s, 5 rounds, alternating with (a) and (b). Receipts are batched for 40 ms.`,
      goals: [
        goal(
          'server CPU per message, unpinned, 200 pairs × 8',
          ratiosOf(rounds, 'parley', 'insert', ({ cpuUs }) => cpuUs),
          '× (b)',
          'at most',
          0.9,
        ),
        goal(
          'durable messages/s, 200 pairs × 8',
          ratiosOf(rounds, 'parley', 'insert', ({ perSecond }) => perSecond),
          '× (b)',
          'at least',
          1.5,
        ),
      ],
      tables: [absolutes(rounds), threadTable(rounds)],
    };
  },
};
