import type { Table } from '../report/model.ts';
import { median } from '../report/statistics.ts';
import type { Contender } from '../servers/contenders.ts';
import { isInstalled, PEERS } from '../servers/peers.ts';
import { runOnce, type Load, type Sample } from '../servers/side-by-side.ts';
import type { Figure } from './figure.ts';
import { NAMES } from './load-tables.ts';

const base = { receipts: 'gathered', bytes: 200, workers: 1, pairs: 200 } as const;
const LOADS: readonly { readonly title: string; readonly pace: Load['pace'] }[] = [
  { title: '200 pairs with 8 in flight each', pace: { kind: 'closed', inFlight: 8 } },
  { title: 'A paced 200 a second', pace: { kind: 'open', perSecond: 200 } },
  { title: 'A paced 1,000 a second', pace: { kind: 'open', perSecond: 1_000 } },
];
/** Below this share of what was due a server does not hold a pace, and what its messages waited says only how long it was tried. */
const HELD = 0.98;

const holds = ({ pace }: Pick<Load, 'pace'>, { perSecond }: Sample): boolean =>
  pace.kind === 'closed' || perSecond >= HELD * pace.perSecond;

const tableOf = (
  load: (typeof LOADS)[number],
  samples: ReadonlyMap<Contender, readonly Sample[]>,
): Table => ({
  title: load.title,
  columns: ['server', 'messages/s', 'CPU µs/message', 'p50 ms', 'p99 ms', 'RSS MiB'],
  rows: [...samples].map(([who, rounds]) => {
    const of = (pick: (sample: Sample) => number): number => median(rounds.map(pick));
    const isHeld = rounds.every((sample) => holds(load, sample));
    return [
      NAMES[who],
      Math.round(of(({ perSecond }) => perSecond)),
      of(({ cpuUs }) => cpuUs),
      isHeld ? of(({ p50 }) => p50) : 'does not hold',
      isHeld ? of(({ p99 }) => p99) : 'does not hold',
      of(({ rss }) => rss / 1024),
    ];
  }),
});

/** What people would pick instead, doing the same work on the same machine in turns. */
export const peers: Figure = {
  id: 'peers',
  title: 'Beside servers that people would pick instead',
  async measure({ quick, said }) {
    const installed = PEERS.filter(isInstalled);
    const contenders: readonly Contender[] = ['parley', ...installed];
    const times = { warmUpS: quick ? 1 : 2, windowS: quick ? 2 : 5 };
    const tables: Table[] = [];
    for (const load of installed.length === 0 ? [] : LOADS) {
      const samples = new Map<Contender, Sample[]>(contenders.map((who) => [who, []]));
      for (let round = 0; round < (quick ? 1 : 3); round += 1) {
        for (const who of contenders) {
          const sample = await runOnce(who, { ...base, ...times, pace: load.pace });
          samples.get(who)?.push(sample);
          said(`  ${who}, ${load.title}: ${sample.perSecond.toFixed(0)}/s, p99 ${sample.p99.toFixed(1)} ms`);
        }
      }
      tables.push(tableOf(load, samples));
    }
    const missing = PEERS.filter((peer) => !installed.includes(peer)).map((peer) => NAMES[peer]);
    return {
      how: `200 people in a ring, 200 bytes, unpinned; ${times.windowS} s after ${times.warmUpS} s, ${quick ? 1 : 3} rounds in turns, medians. XMPP by a client of our own: plain TCP without TLS, every message archived, the sender’s acknowledgement by stream management (XEP-0198), no receipts of the recipient. Each run checks that all were delivered and acknowledged once, in order.${missing.length === 0 ? '' : ` Not on this machine, and left out: ${missing.join('; ')} (Debian’s \`ejabberd\`, \`erlang-p1-sqlite3\`, \`prosody\`, \`lua-dbi-sqlite3\`).`}`,
      goals: [],
      tables,
    };
  },
};
