import type { Goal, Table } from '../report/model.ts';
import { median, spreadOf } from '../report/statistics.ts';
import type { ServerTarget } from '../servers/targets.ts';
import { valuesOf, type Rounds, type Sample } from '../servers/side-by-side.ts';

export const NAMES: Readonly<Record<ServerTarget, string>> = {
  parley: 'Parley',
  before: 'Parley, the other checkout',
  relay: '(a) uWS relay, nothing stored',
  insert: '(b) ws, one INSERT a message',
  floor: '(c) prototype: two threads, receipts',
  ejabberd: 'ejabberd, its own store (Mnesia)',
  'ejabberd-sqlite': 'ejabberd, SQLite in WAL',
  prosody: 'Prosody, SQLite in WAL',
};

/** The baselines' medians beside a figure of Parley's that is not a ratio to them. */
export const baselines = (
  of: (who: 'relay' | 'insert') => readonly number[],
): NonNullable<Goal['beside']> => [
  ['(a)', median(of('relay'))],
  ['(b)', median(of('insert'))],
];

/** Median of the rounds against a limit, with the range of the rounds. */
export const goal = (
  what: string,
  rounds: readonly number[],
  unit: string,
  sense: Goal['sense'],
  limit: number,
  { stretch = false, beside = [] }: { stretch?: boolean; beside?: Goal['beside'] } = {},
): Goal => ({
  what,
  value: median(rounds),
  unit,
  limit,
  sense,
  ...(rounds.length > 1 ? { spread: spreadOf(rounds) } : {}),
  ...(beside.length > 0 ? { beside } : {}),
  ...(stretch ? { stretch } : {}),
});

const COLUMNS: readonly (readonly [name: string, pick: (sample: Sample) => number])[] = [
  ['CPU µs/message', ({ cpuUs }) => cpuUs],
  ['messages/s', ({ perSecond }) => Math.round(perSecond)],
  ['p50 ms', ({ p50 }) => p50],
  ['p99 ms', ({ p99 }) => p99],
  ['max ms', ({ max }) => max],
  ['RSS MiB', ({ rss }) => rss / 1024],
];

/** All targets' medians. */
export const absolutes = (rounds: Rounds, title?: string): Table => ({
  ...(title === undefined ? {} : { title }),
  columns: ['server', ...COLUMNS.map(([name]) => name)],
  rows: [...rounds.keys()].map((who) => [
    NAMES[who],
    ...COLUMNS.map(([, pick]) => median(valuesOf(rounds, who, pick))),
  ]),
});

const THREADS = 4;

/** Parley's CPU by thread, in the last round: the threads that did most. */
export const threadTable = (rounds: Rounds): Table => {
  const threads = rounds.get('parley')?.at(-1)?.threads ?? [];
  const rest = threads.slice(THREADS).reduce((sum, { us }) => sum + us, 0);
  return {
    title: 'Parley’s threads in the last round, CPU µs/message',
    columns: [...threads.slice(0, THREADS).map((_, i) => `thread ${i + 1}`), 'all others'],
    rows: [[...threads.slice(0, THREADS).map(({ us }) => us), rest]],
  };
};
