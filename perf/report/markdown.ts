import { isReached, type Goal, type Measured, type Table } from './model.ts';
import { shown } from './numbers.ts';

/** The report: goals first, because ratios hold on other machines too; absolute figures after them. Pure. */

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const rule = (columns: number): string => `|${'---|'.repeat(columns)}`;

export const tableLines = ({ title, columns, rows }: Table): readonly string[] => [
  ...(title === undefined ? [] : [`**${title}**`, '']),
  row(columns),
  rule(columns.length),
  ...rows.map((cells) => row(cells.map(shown))),
  '',
];

const valueOf = ({ value, unit, spread }: Goal): string => {
  const range = spread === undefined ? '' : ` (${shown(spread[0])}–${shown(spread[1])})`;
  return `${shown(value)} ${unit}${range}`;
};

const goalLine = (goal: Goal): string =>
  row([
    goal.stretch === true ? `${goal.what} (stretch)` : goal.what,
    `${goal.sense === 'at most' ? '≤' : '≥'} ${shown(goal.limit)} ${goal.unit}`,
    valueOf(goal),
    (goal.beside ?? []).map(([who, value]) => `${who} ${shown(value)}`).join(', '),
    isReached(goal) ? 'yes' : '**no**',
  ]);

const goalsOf = ({ findings }: Measured): readonly Goal[] => ('failed' in findings ? [] : findings.goals);

const goalsTable = (measured: readonly Measured[]): readonly string[] => [
  row(['figure', 'goal', 'measured, median (range)', 'baselines in the same run', 'reached']),
  rule(5),
  ...measured.flatMap((each) =>
    'failed' in each.findings
      ? [row([each.title, '', 'failed, see below', '', '**no**'])]
      : goalsOf(each).map(goalLine),
  ),
  '',
];

const machineLines = (measured: readonly Measured[]): readonly string[] => {
  const [first] = [...measured].sort((a, b) => (a.provenance.date < b.provenance.date ? 1 : -1));
  if (first === undefined) return ['Nothing was measured.', ''];
  const { cpu, cores, memoryGiB, kernel, versions } = first.provenance;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpu}, ${cores} cores, ${shown(memoryGiB)} GiB, ${kernel}. ${names.join(', ')}.`,
    'Two baselines ran under the same load, alternating with Parley:',
    '',
    '- **(a)** uWebSockets.js, which relays JSON and stores nothing',
    '- **(b)** `ws` with one durable INSERT per message',
    '',
    'Every run checks that each message was delivered once and acknowledged once, in order, and that no cursor is missing in the event',
    'stream of any user. A run with a loss fails its figure.',
    '',
  ];
};

const section = (each: Measured): readonly string[] => {
  const { date, commit, loadBefore, syncMs } = each.provenance;
  const made = `Measured ${date}, commit ${commit}; load average before ${shown(loadBefore)}, one fdatasync ${shown(syncMs)} ms${each.quick ? ', quick run' : ''}.`;
  const head = [`### ${each.title}`, ''];
  if ('failed' in each.findings) return [...head, `Failed: ${each.findings.failed}`, '', made, ''];
  const { how, tables, plots = [] } = each.findings;
  return [
    ...head,
    how,
    '',
    ...plots.map(({ name, title }) => `![${title}](${name}.svg)`),
    ...(plots.length > 0 ? [''] : []),
    ...tables.flatMap(tableLines),
    made,
    '',
  ];
};

/** Writes `figures` and `growth` in the given order. */
export const renderReport = (figures: readonly Measured[], growth: readonly Measured[]): string =>
  [
    '# Benchmark results',
    '',
    '`npm run perf` writes this page and the JSON files beside it. Ratios hold on other machines too; absolute figures do not.',
    '',
    '- [Goals](#goals): what was to be reached, and what was measured',
    ...(growth.length === 0
      ? []
      : ['- [How cost grows](#how-cost-grows): with users, messages, conversations and shards']),
    '- [Absolute figures](#absolute-figures): each measurement, with how it was done',
    '',
    ...machineLines([...figures, ...growth]),
    '## Goals',
    '',
    ...goalsTable(figures),
    ...(growth.length === 0 ? [] : ['## How cost grows', '', ...growth.flatMap(section)]),
    '## Absolute figures',
    '',
    ...figures.flatMap(section),
  ].join('\n');
