import type { Figure } from '../figures/figure.ts';
import { median } from '../report/statistics.ts';
import { ratiosOf, sideBySide, valuesOf, type Rounds } from '../servers/side-by-side.ts';

const SERVERS = ['relay', 'parley'] as const;

/** More people at the same time. */
export const byPairs: Figure = {
  id: 'growth-pairs',
  title: 'Pairs that write at the same time',
  async measure({ quick, said }) {
    const counts = quick ? [10, 100] : [10, 100, 1_000, 10_000];
    const runs: (readonly [pairs: number, rounds: Rounds])[] = [];
    for (const pairs of counts) {
      said(` ${pairs} pairs`);
      const rounds = await sideBySide(
        SERVERS,
        {
          pairs,
          pace: { kind: 'closed', inFlight: 1 },
          receipts: 'gathered',
          bytes: 200,
          workers: 1,
          warmUpS: quick ? 1 : 3,
          windowS: quick ? 1.5 : 5,
        },
        quick ? 1 : 3,
        said,
      );
      runs.push([pairs, rounds]);
    }
    const middle = (who: (typeof SERVERS)[number], pick: Parameters<typeof valuesOf>[2]) =>
      runs.map(([pairs, rounds]) => [pairs, median(valuesOf(rounds, who, pick))] as const);
    return {
      how: 'One message of 200 bytes in flight for each pair, unpinned, as many connections as pairs, receipts gathered over 40 ms; 5 s, 3 rounds in turns with (a).',
      goals: [],
      tables: [
        {
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
        },
      ],
      plots: [
        {
          name: 'growth-pairs',
          title: 'CPU of a message by pairs that write at the same time',
          x: 'pairs',
          y: 'server CPU, µs a message',
          across: 'log',
          series: [
            { name: 'Parley', points: middle('parley', ({ cpuUs }) => cpuUs) },
            { name: '(a) relay', points: middle('relay', ({ cpuUs }) => cpuUs) },
          ],
        },
      ],
    };
  },
};
