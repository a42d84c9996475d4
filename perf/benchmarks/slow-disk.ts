import { ratiosOf, sideBySide, type Load } from '../servers/side-by-side.ts';
import { slowSync } from '../slow-sync/build.ts';
import type { Benchmark } from './benchmark.ts';
import { absolutes, goal } from './load-tables.ts';
import { unpinnedWork } from './loads.ts';

const SYNC_MS = 2;

/** A disk that means it: what group commit is for. */
export const slowDisk: Benchmark = {
  id: 'slow-disk',
  title: 'Messages per second when every fsync takes 2 ms longer',
  async measure({ quick, said }) {
    const load: Load = {
      ...unpinnedWork,
      warmUpS: quick ? 1 : 2,
      windowS: quick ? 2 : 5,
      server: slowSync(SYNC_MS),
    };
    const rounds = await sideBySide(['insert', 'parley'], load, quick ? 1 : 3, said);
    return {
      how: `Like the previous figure, with ${SYNC_MS} ms added to every fsync and fdatasync of the server by a shim that is loaded before libc. ${load.windowS} s, 3 rounds, alternating with (b).`,
      goals: [
        goal(
          'durable messages/s with 2 ms added to every fsync',
          ratiosOf(rounds, 'parley', 'insert', ({ perSecond }) => perSecond),
          '× (b)',
          'at least',
          25,
        ),
      ],
      tables: [absolutes(rounds)],
    };
  },
};
