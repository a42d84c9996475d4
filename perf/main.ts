import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks/index.ts';
import type { Effort, Benchmark } from './benchmarks/benchmark.ts';
import { GROWTH } from './growth/index.ts';
import { root } from './machine/root.ts';
import { isReached, type Measured } from './report/model.ts';
import { shown } from './report/numbers.ts';
import { takeProvenance } from './report/provenance.ts';
import { ResultStore } from './report/result-store.ts';

/** `npm run perf -- [id …] [--quick] [--out FOLDER] [--list] [--report]`: measures what is named, else everything, and writes the
 *  page. A quick run is a look and leaves the published results alone. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

const said = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const measure = async (benchmark: Benchmark, effort: Effort): Promise<Measured> => {
  const { id, title } = benchmark;
  const provenance = takeProvenance();
  said(`${id}: ${title} …`);
  try {
    return { id, title, quick: effort.quick, provenance, findings: await benchmark.measure(effort) };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    return { id, title, quick: effort.quick, provenance, findings: { failed } };
  }
};

const tell = ({ findings }: Measured): void => {
  if ('failed' in findings) {
    said(`  failed: ${findings.failed}`);
    process.exitCode = 1;
    return;
  }
  for (const goal of findings.goals) {
    said(
      `  ${isReached(goal) ? 'reached' : 'NOT reached'}: ${goal.what}: ${shown(goal.value)} ${goal.unit} (${goal.sense} ${shown(goal.limit)})`,
    );
  }
};

const all = [...BENCHMARKS, ...GROWTH];
const unknown = positionals.filter((id) => !all.some((benchmark) => benchmark.id === id));

if (values.list || unknown.length > 0) {
  if (unknown.length > 0) said(`Nothing is called ${unknown.join(', ')}.`);
  for (const { id, title } of all) said(`${id.padEnd(20)} ${title}`);
  if (unknown.length > 0) process.exitCode = 1;
} else {
  const results = new ResultStore(
    values.out ?? join(root, values.quick ? 'dist/perf-results' : 'perf/results'),
  );
  const chosen = positionals.length === 0 ? all : all.filter(({ id }) => positionals.includes(id));
  const ids = (benchmarks: readonly Benchmark[]): readonly string[] => benchmarks.map(({ id }) => id);
  for (const benchmark of values.report ? [] : chosen) {
    const measured = await measure(benchmark, { quick: values.quick, said });
    tell(measured);
    results.put(measured);
    results.writePage(ids(BENCHMARKS), ids(GROWTH));
  }
  said(`Written: ${results.writePage(ids(BENCHMARKS), ids(GROWTH))}`);
}
