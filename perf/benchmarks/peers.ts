import { isOnlyOwed } from '../load/run-load.ts';
import type { Findings, Table } from '../report/model.ts';
import { median } from '../report/statistics.ts';
import type { ServerTarget } from '../servers/targets.ts';
import { installed } from '../servers/packages.ts';
import { PACKAGES, PEERS } from '../servers/peers.ts';
import { inTurns, LossError, runOnce, type Load, type Sample } from '../servers/side-by-side.ts';
import type { Effort, Benchmark } from './benchmark.ts';
import { NAMES } from './load-tables.ts';

interface Work extends Pick<Load, 'pace' | 'warmUpS' | 'windowS'> {
  readonly title: string;
}

/** In the closed loop some wait three seconds for a message: the window holds several times as much, and begins after the first
 *  of them. In the open one it is short, so that a server which falls behind can catch up before the wait for the last ones is
 *  over. */
const WORKS: readonly Work[] = [
  {
    title: '200 pairs with 8 in flight each',
    pace: { kind: 'closed', inFlight: 8 },
    warmUpS: 10,
    windowS: 30,
  },
  { title: 'A steady 200 per second', pace: { kind: 'open', perSecond: 200 }, warmUpS: 4, windowS: 10 },
  { title: 'A steady 1,000 per second', pace: { kind: 'open', perSecond: 1_000 }, warmUpS: 2, windowS: 5 },
];
/** Below this share of what was due a server does not hold a pace, and what its messages took says only how long it was tried. */
const HELD = 0.98;

/** Null: it does not hold the pace. A loss is a loss all the same; what is owed when the wait for the last ones is over, and was
 *  falling behind in the window, is none. */
const tried = async (who: ServerTarget, load: Load): Promise<Sample | null> => {
  const due = load.pace.kind === 'open' ? HELD * load.pace.perSecond : 0;
  try {
    const sample = await runOnce(who, load);
    return sample.perSecond >= due ? sample : null;
  } catch (error) {
    const fellBehind =
      error instanceof LossError &&
      isOnlyOwed(error.result) &&
      error.result.messages / error.result.seconds < due;
    if (who === 'parley' || !fellBehind) throw error;
    return null;
  }
};

const COLUMNS: readonly (readonly [name: string, pick: (sample: Sample) => number])[] = [
  ['messages/s', ({ perSecond }) => Math.round(perSecond)],
  ['CPU µs/message', ({ cpuUs }) => cpuUs],
  ['p50 ms', ({ p50 }) => p50],
  ['p99 ms', ({ p99 }) => p99],
  ['RSS MiB', ({ rss }) => rss / 1024],
];

const rowOf = (who: ServerTarget, rounds: readonly (Sample | null)[]): Table['rows'][number] => {
  const samples = rounds.filter((sample) => sample !== null);
  return samples.length === rounds.length
    ? [NAMES[who], ...COLUMNS.map(([, pick]) => median(samples.map(pick)))]
    : [NAMES[who], 'falls behind', ...COLUMNS.slice(1).map(() => '–')];
};

const tableOf = async (
  { title, pace, ...times }: Work,
  targets: readonly ServerTarget[],
  { quick, said }: Effort,
): Promise<Table> => {
  const load: Load = {
    ...{ pace, pairs: 200, receipts: 'gathered', bytes: 200, workers: 1 },
    ...(quick ? { warmUpS: 3, windowS: 5 } : times),
  };
  const rounds = await inTurns(targets, quick ? 1 : 3, async (who) => {
    const sample = await tried(who, load);
    const outcome =
      sample === null ? 'falls behind' : `${sample.perSecond.toFixed(0)}/s, p99 ${sample.p99.toFixed(1)} ms`;
    said(`  ${who}, ${title}: ${outcome}`);
    return sample;
  });
  return {
    title: `${title}; ${load.windowS} s after a warm-up of ${load.warmUpS} s`,
    columns: ['server', ...COLUMNS.map(([name]) => name)],
    rows: [...rounds].map(([who, samples]) => rowOf(who, samples)),
  };
};

const HOW = `200 users in a ring, messages of 200 bytes, unpinned, generator and server on the same CPUs; the servers take turns, and figures are medians. XMPP is spoken by our own client over plain TCP without TLS. Its sender is acknowledged by stream management (XEP-0198), which says that the message was handled; with ejabberd’s own store, it is not on disk by then. Parley acknowledges after the commit that contains the message and both event logs. Parley’s recipients acknowledge every message; the others only answer when the server asks how many stanzas have arrived. Both XMPP servers archive a copy for each user; that is off by default and was switched on here. Each run checks that all messages were delivered and acknowledged once, in order.`;

/** What people would pick instead, under the same load on the same machine in turns. */
export const peers: Benchmark = {
  id: 'peers',
  title: 'Compared with ejabberd and Prosody',
  async measure(effort): Promise<Findings> {
    const packages = [...new Set(Object.values(PACKAGES).flat())];
    const versions = packages.map((name) => installed([name]) ?? `${name}, which is not installed here`);
    const here = PEERS.filter((peer) => installed(PACKAGES[peer]) !== null);
    const from = `Debian’s packages: ${versions.join('; ')}.`;
    if (here.length === 0) return { how: `Nothing was measured. ${from}`, goals: [], tables: [] };
    const tables: Table[] = [];
    for (const work of WORKS) tables.push(await tableOf(work, ['parley', ...here], effort));
    return { how: `${HOW} ${from}`, goals: [], tables };
  },
};
