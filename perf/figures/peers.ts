import type { Table } from '../report/model.ts';
import { median } from '../report/statistics.ts';
import type { Contender } from '../servers/contenders.ts';
import { installed } from '../servers/packages.ts';
import { PACKAGES, PEERS } from '../servers/peers.ts';
import { LossError, runOnce, type Load, type Sample } from '../servers/side-by-side.ts';
import type { Figure } from './figure.ts';
import { NAMES } from './load-tables.ts';

interface Work {
  readonly title: string;
  readonly pace: Load['pace'];
}
const WORKS: readonly Work[] = [
  { title: '200 pairs with 8 in flight each', pace: { kind: 'closed', inFlight: 8 } },
  { title: 'A paced 200 a second', pace: { kind: 'open', perSecond: 200 } },
  { title: 'A paced 1,000 a second', pace: { kind: 'open', perSecond: 1_000 } },
];
/** Below this share of what was due a server does not hold a pace, and what its messages waited says only how long it was tried. */
const HELD = 0.98;

const isHeld = ({ pace }: Work, { perSecond }: Sample): boolean =>
  pace.kind === 'closed' || perSecond >= HELD * pace.perSecond;

/** Null: of a pace that it does not hold, a peer still owed some when the wait for the last ones was over. */
const tried = async (who: Contender, load: Load): Promise<Sample | null> => {
  try {
    return await runOnce(who, load);
  } catch (error) {
    if (who === 'parley' || load.pace.kind === 'closed' || !(error instanceof LossError)) throw error;
    return null;
  }
};

const rowOf = (
  work: Work,
  [who, rounds]: readonly [Contender, readonly (Sample | null)[]],
): readonly (string | number)[] => {
  const samples = rounds.filter((sample) => sample !== null);
  const of = (pick: (sample: Sample) => number): number => median(samples.map(pick));
  const held = samples.length === rounds.length && samples.every((sample) => isHeld(work, sample));
  const waited = (pick: (sample: Sample) => number): string | number => (held ? of(pick) : 'does not hold');
  return [
    NAMES[who],
    Math.round(of(({ perSecond }) => perSecond)),
    of(({ cpuUs }) => cpuUs),
    waited(({ p50 }) => p50),
    waited(({ p99 }) => p99),
    of(({ rss }) => rss / 1024),
  ];
};

/** What people would pick instead, doing the same work on the same machine in turns. */
export const peers: Figure = {
  id: 'peers',
  title: 'Beside servers that people would pick instead',
  async measure({ quick, said }) {
    const here = PEERS.filter((peer) => installed(PACKAGES[peer]) !== null);
    const contenders: readonly Contender[] = ['parley', ...here];
    const rounds = quick ? 1 : 3;
    const times = { warmUpS: quick ? 1 : 2, windowS: quick ? 2 : 5 };
    const tables: Table[] = [];
    for (const work of here.length === 0 ? [] : WORKS) {
      const { title, pace } = work;
      const samples = new Map<Contender, (Sample | null)[]>(contenders.map((who) => [who, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const who of contenders) {
          const load: Load = { pace, ...times, pairs: 200, receipts: 'gathered', bytes: 200, workers: 1 };
          const sample = await tried(who, load);
          samples.get(who)?.push(sample);
          const outcome =
            sample === null
              ? 'did not catch up'
              : `${sample.perSecond.toFixed(0)}/s, p99 ${sample.p99.toFixed(1)} ms`;
          said(`  ${who}, ${title}: ${outcome}`);
        }
      }
      tables.push({
        title,
        columns: ['server', 'messages/s', 'CPU µs/message', 'p50 ms', 'p99 ms', 'RSS MiB'],
        rows: [...samples].map((row) => rowOf(work, row)),
      });
    }
    const packages = [...new Set(Object.values(PACKAGES).flat())];
    const versions = packages.map((name) => installed([name]) ?? `${name}, which is not installed here`);
    return {
      how: `200 people in a ring, 200 bytes, unpinned; ${times.windowS} s after ${times.warmUpS} s, ${rounds} rounds in turns, medians. XMPP by a client of our own: plain TCP without TLS, every message archived, the sender’s acknowledgement by stream management (XEP-0198), no receipts of the recipient; Parley with its receipts. Each run checks that all were delivered and acknowledged once, in order. Debian’s ${versions.join('; ')}.`,
      goals: [],
      tables,
    };
  },
};
