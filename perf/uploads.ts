import { parseArgs } from 'node:util';
import { diskAlone } from './load/disk-alone.ts';
import { Histogram } from './load/histogram.ts';
import { lossesIn, runLoad } from './load/run-load.ts';
import { duringUploads } from './load/run-uploads.ts';
import type { LoadResult, UploadsResult } from './load/spec.ts';
import { duringSteadyFiles } from './load/steady-files.ts';
import { spentBetween, totalOf } from './machine/cpu.ts';
import { tableLines } from './report/markdown.ts';
import { median } from './report/statistics.ts';
import { inFolder } from './servers/server.ts';
import { start } from './servers/targets.ts';

/** `npm run perf:uploads -- [--rounds N] [--seconds N] [--rate N] [--mbit N]`: how long messages take, at a steady rate, while ten people
 *  upload files of 25 MB, and without them, in turns in one run. `--mbit`: megabits a second of each upload; without it, once with 20 and
 *  once as fast as the server takes them, which on two cores means that the senders compete with it. At the end, what the disk alone does
 *  under the same writes. Nothing is kept. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '200' },
    mbit: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const windowS = Number(values.seconds);
const CONNECTIONS = 100;
const UPLOADS = 10;
const FILE_BYTES = 25 * 1024 * 1024;
const MBIT = 20;
const WARM_UP_S = 3;
/** About what SQLite writes for one message. */
const COMMIT_BYTES = 32 * 1024;

interface Sample {
  readonly p50: number;
  readonly p99: number;
  readonly cpuUs: number;
  /** MB a second that were uploaded. */
  readonly uploaded: number;
}

type Load = 'none' | number | 'fastest';

const measure = (load: Load): Promise<Sample> =>
  inFolder(async (dir) => {
    const { server, accounts } = await start('parley', dir, CONNECTIONS + UPLOADS);
    try {
      const { host, port, pid } = server;
      const people = accounts.slice(0, CONNECTIONS);
      const messages = (): Promise<LoadResult> =>
        runLoad({
          ...{ host, port, pid, accounts: people, wire: 'envelopes', workers: 1, receipts: 'gathered' },
          ...{ pace: { kind: 'open', perSecond: Number(values.rate) }, bytes: 200, warmUpS: WARM_UP_S },
          windowS,
        });
      const tokens = accounts.slice(CONNECTIONS).map(({ token }) => token);
      const bytesPerSecond = typeof load === 'number' ? (load * 1_000_000) / 8 : null;
      const spec = { host, port, tokens, bytes: FILE_BYTES, bytesPerSecond };
      const { value, uploads } =
        load === 'none' ? { value: await messages(), uploads: null } : await duringUploads(spec, messages);
      return sampleOf(value, uploads);
    } finally {
      await server.stop();
    }
  });

const sampleOf = (result: LoadResult, uploads: UploadsResult | null): Sample => {
  const losses = lossesIn(result);
  if (losses.length > 0) throw new Error(losses.join('; '));
  const latency = new Histogram().add(result.ring.latency);
  return {
    p50: latency.quantile(0.5) / 1000,
    p99: latency.quantile(0.99) / 1000,
    cpuUs: totalOf(spentBetween(result.before, result.after)) / result.messages,
    uploaded: uploads === null ? 0 : uploads.bytes / 1_000_000 / uploads.seconds,
  };
};

const loads: readonly Load[] =
  values.mbit === undefined ? ['none', MBIT, 'fastest'] : ['none', Number(values.mbit)];
const samples = new Map<Load, Sample[]>(loads.map((load) => [load, []]));
for (let round = 0; round < rounds; round += 1) {
  // Each begins in turn, so that none always comes first.
  const order = loads.map((_, i) => loads[(i + round) % loads.length] ?? 'none');
  for (const load of order) samples.get(load)?.push(await measure(load));
}

const nameOf = (load: Load): string => {
  if (load === 'none') return 'none';
  return load === 'fastest' ? 'as fast as they are taken' : `${String(load)} Mbit/s each`;
};
const rows = loads.map((load) => {
  const of = (pick: (sample: Sample) => number): number => median((samples.get(load) ?? []).map(pick));
  const ratio = median(
    (samples.get(load) ?? []).map(({ p99 }, i) => p99 / (samples.get('none')?.[i]?.p99 ?? NaN)),
  );
  return [
    nameOf(load),
    of(({ uploaded }) => uploaded),
    of(({ p50 }) => p50),
    of(({ p99 }) => p99),
    ratio,
    of(({ cpuUs }) => cpuUs),
  ];
});
const columns = ['uploads', 'MB/s', 'p50 ms', 'p99 ms', 'p99 × without', 'CPU µs/message'];
const title = `${values.rate} messages a second while ${String(UPLOADS)} files of 25 MB are uploaded`;
process.stdout.write(`${tableLines({ title, columns, rows }).join('\n')}\n`);

/** What the disk itself does: the same writes by two programs that do nothing else. No server can be below this ratio on this disk. */
const floors: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const bytesPerSecond = (UPLOADS * (Number(values.mbit ?? MBIT) * 1_000_000)) / 8;
  const alone = (dir: string): number => diskAlone(dir, Number(values.rate), COMMIT_BYTES, windowS).p99;
  const without = await inFolder((dir) => Promise.resolve(alone(dir)));
  const during = await inFolder((dir) =>
    duringSteadyFiles({ dir, bytesPerSecond, fileBytes: FILE_BYTES }, () => alone(dir)),
  );
  floors.push(during / without);
}
const each = floors.map((floor) => floor.toFixed(2)).join(', ');
process.stdout.write(`the disk alone, p99 × without: ${median(floors).toFixed(2)} (${each})\n`);
