import { test } from 'node:test';
import { seededRandom } from '../support/random-source.ts';
import { isSample, isExtended } from '../support/scale.ts';
import { FAULTS } from './all.ts';
import { NotRun } from './fault.ts';

/** One of each kind, the cheapest: what a power cut, a torn log, a full disk and a damaged file do. */
const QUICK = ['power-cut-store', 'damaged-wal', 'full-disk', 'damaged-database'];

/** Left to the whole corpora: those of which another one here is a harder case, and those of parts that seldom change. */
const FULL_ONLY = [
  ...['full-log', 'long-reader', 'clock-jumps', 'failing-disk', 'poison'],
  ...['postgres-backups', 'postgres-parley-kills', 'postgres-database-kills'],
];
const isChosen = (name: string): boolean => {
  if (!isExtended) return QUICK.includes(name);
  return !isSample || !FULL_ONLY.includes(name);
};

for (const fault of FAULTS.filter(({ name }) => isChosen(name))) {
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
