import type { Benchmark } from '../benchmarks/benchmark.ts';
import type { Plot, Table } from '../report/model.ts';
import { median } from '../report/statistics.ts';
import { ratiosOf, sideBySide, valuesOf, type Load, type Rounds } from '../servers/side-by-side.ts';

const SERVERS = ['relay', 'parley'] as const;

/** Messages a second, when the rate is held while the pairs become more. */
const HELD_PER_S = 2_000;

type Run = readonly [pairs: number, rounds: Rounds];

const middle = (
  runs: readonly Run[],
  who: (typeof SERVERS)[number],
  pick: Parameters<typeof valuesOf>[2],
): [pairs: number, value: number][] =>
  runs.map(([pairs, rounds]) => [pairs, median(valuesOf(rounds, who, pick))]);

const tableOf = (runs: readonly Run[], title?: string): Table => ({
  ...(title === undefined ? {} : { title }),
  columns: ['pairs', 'CPU × (a)', 'CPU µs/message', 'messages/s', 'p50 ms', 'p99 ms', 'RSS MiB'],
  rows: runs.map(([pairs, rounds]) => [
    pairs,
    median(ratiosOf(rounds, 'parley', 'relay', ({ cpuUs }) => cpuUs)),
    median(valuesOf(rounds, 'parley', ({ cpuUs }) => cpuUs)),
    Math.round(median(valuesOf(rounds, 'parley', ({ perSecond }) => perSecond))),
    median(valuesOf(rounds, 'parley', ({ p50 }) => p50)),
    median(valuesOf(rounds, 'parley', ({ p99 }) => p99)),
    median(valuesOf(rounds, 'parley', ({ rss }) => rss / 1024)),
  ]),
});

const plotOf = (runs: readonly Run[], name: string, title: string): Plot => ({
  name,
  title,
  x: 'pairs',
  y: 'server CPU, µs a message',
  across: 'log',
  series: [
    { name: 'Parley', points: middle(runs, 'parley', ({ cpuUs }) => cpuUs) },
    { name: '(a) relay', points: middle(runs, 'relay', ({ cpuUs }) => cpuUs) },
  ],
});

/** More people at the same time: each pair writing as fast as it can, and all together at one rate. */
export const byPairs: Benchmark = {
  id: 'growth-pairs',
  title: 'Pairs that write at the same time',
  async measure({ quick, said }) {
    const runs = async (load: Pick<Load, 'pace' | 'receipts'>): Promise<readonly Run[]> => {
      const measured: Run[] = [];
      for (const pairs of quick ? [10, 100] : [10, 100, 1_000, 10_000]) {
        said(` ${pairs} pairs`);
        const rounds = await sideBySide(
          SERVERS,
          { ...load, pairs, bytes: 200, workers: 1, warmUpS: quick ? 1 : 3, windowS: quick ? 1.5 : 5 },
          quick ? 1 : 3,
          said,
        );
        measured.push([pairs, rounds]);
      }
      return measured;
    };
    const free = await runs({ pace: { kind: 'closed', inFlight: 1 }, receipts: 'gathered' });
    const held = await runs({ pace: { kind: 'open', perSecond: HELD_PER_S }, receipts: 'each' });
    return {
      how: `Unpinned, messages of 200 bytes, as many connections as pairs; 5 s, 3 rounds, alternating with (a). In the first table each pair has one message in flight, and receipts are batched for 40 ms. With more pairs, more messages are in flight, and each receipt covers fewer messages (about three at 100 pairs, one from 1,000 on); this shows what a busier server costs. In the second table all pairs together send ${HELD_PER_S.toLocaleString('en')} messages per second, with a receipt for each: the same work, spread over more users.`,
      goals: [],
      tables: [tableOf(free), tableOf(held, `At ${HELD_PER_S.toLocaleString('en')} messages per second`)],
      plots: [
        plotOf(free, 'growth-pairs', 'CPU of a message by pairs that write at the same time'),
        plotOf(held, 'growth-pairs-held', 'CPU of a message by pairs, at one rate of all together'),
      ],
    };
  },
};
