import { test } from 'node:test';
import { seededRandom } from '../support/random-source.ts';
import { isSample, isExtended } from '../support/scale.ts';
import { FAULTS } from './all.ts';
import { NotRun } from './fault.ts';

/** One of each kind, the cheapest: what a power cut, a torn log, a full disk and a damaged file do. */
const QUICK = ['power-cut-store', 'damaged-wal', 'full-disk', 'damaged-database'];

for (const fault of FAULTS.filter(({ name }) => isExtended || QUICK.includes(name))) {
  const { name, proves } = fault;
  const rounds = isSample ? (fault.sample ?? fault.small) : fault.small;
  test(`${name}: ${proves}, ${rounds} rounds`, async (t) => {
    const say = (line: string): void => {
      t.diagnostic(line);
    };
    try {
      const counts = await fault.run(t, { rounds, random: seededRandom(undefined, say), say });
      say(JSON.stringify(counts));
    } catch (error) {
      if (!(error instanceof NotRun)) throw error;
      t.skip(`not run: ${error.message}`);
    }
  });
}
