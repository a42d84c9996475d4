import { parseArgs } from 'node:util';
import { absolutes, NAMES, threadTable } from './benchmarks/load-tables.ts';
import type { ReceiptMode } from './load/spec.ts';
import { oneCpu } from './machine/cpu-list.ts';
import { tableLines } from './report/markdown.ts';
import { shown } from './report/numbers.ts';
import { median } from './report/statistics.ts';
import { compareWith, TARGETS, type ServerTarget } from './servers/targets.ts';
import { PEERS } from './servers/peers.ts';
import { ratiosOf, sideBySide, type Sample } from './servers/side-by-side.ts';

/** `npm run perf:compare -- [options]`: Parley, (a) and (b), and peers where they are named, in turns under one load of one's own
 *  choice; ratios first. For work on the server; nothing is written. */
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100' },
    'in-flight': { type: 'string', default: '1' },
    rate: { type: 'string' },
    bytes: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    receipts: { type: 'string', default: 'gathered' },
    unpinned: { type: 'boolean', default: false },
    cpu: { type: 'string', default: oneCpu() },
    workers: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    shards: { type: 'string' },
    preload: { type: 'string' },
    /** Another checkout, built: a further target, right after this one. */
    before: { type: 'string' },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const { only } = values;
const chosen: readonly ServerTarget[] =
  only === undefined ? TARGETS : [...TARGETS, 'floor' as const, ...PEERS].filter((who) => only.includes(who));
if (values.before !== undefined) await compareWith(values.before);
const targets: readonly ServerTarget[] =
  values.before === undefined
    ? chosen
    : chosen.flatMap((who): ServerTarget[] => (who === 'parley' ? [who, 'before'] : [who]));
const rounds = await sideBySide(
  targets,
  {
    pairs: Number(values.pairs),
    pace:
      values.rate === undefined
        ? { kind: 'closed', inFlight: Number(values['in-flight']) }
        : { kind: 'open', perSecond: Number(values.rate) },
    receipts: values.receipts as ReceiptMode,
    bytes: Number(values.bytes),
    warmUpS: Number(values['warm-up']),
    windowS: Number(values.seconds),
    workers: Number(values.workers),
    ...(values.unpinned ? {} : { cpus: values.cpu }),
    ...(values.preload === undefined ? {} : { server: { preload: values.preload } }),
    ...(values.shards === undefined ? {} : { settings: { PARLEY_SHARDS: values.shards } }),
  },
  Number(values.rounds),
  print,
);

const ratio = (who: ServerTarget, over: ServerTarget, pick: (sample: Sample) => number): string =>
  shown(median(ratiosOf(rounds, who, over, pick)));
const ratios = {
  columns: ['server', 'CPU × (a)', 'CPU × (b)', 'messages/s × (b)'],
  rows: targets.map((who) => [
    NAMES[who],
    ratio(who, 'relay', ({ cpuUs }) => cpuUs),
    ratio(who, 'insert', ({ cpuUs }) => cpuUs),
    ratio(who, 'insert', ({ perSecond }) => perSecond),
  ]),
};
print('');
if (values.before !== undefined) {
  const cpu = ratiosOf(rounds, 'parley', 'before', ({ cpuUs }) => cpuUs);
  print(`CPU × the other checkout: ${shown(median(cpu))} (${cpu.map(shown).join(', ')})`);
}
for (const table of [ratios, absolutes(rounds), threadTable(rounds)]) tableLines(table).forEach(print);
