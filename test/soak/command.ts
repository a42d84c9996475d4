import assert from 'node:assert/strict';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { pause } from '../support/deadline.ts';
import { metricsUrl } from '../support/metrics.ts';
import { seededRandom } from '../support/random-source.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sampleOf, slopePerHour, type Sample } from './figures.ts';
import { oneLife, SoakPair } from './life.ts';

/** `npm run soak -- --minutes 30 --pairs 20 --rate 60 --prefill 100000`: steady use for long, with lines that drop, people who
 *  come and go, searches and history; memory, log and handles are sampled. The first third is for caches to fill and does
 *  not count. `--prefill`: messages sent at once before that. */
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    minutes: { type: 'string', default: '30' },
    pairs: { type: 'string', default: '20' },
    rate: { type: 'string', default: '60' },
    prefill: { type: 'string', default: '100000' },
    seed: { type: 'string' },
  },
});
const [minutes, pairCount, rate, prefill] = [values.minutes, values.pairs, values.rate, values.prefill].map(
  Number,
);
assert.ok(minutes && pairCount && rate && prefill !== undefined);

const TICK_MS = 100;
const SAMPLE_S = 10;
const ends: (() => void | Promise<void>)[] = [];
const scope = { after: (end: () => void | Promise<void>) => ends.unshift(end) };

const seed = values.seed === undefined ? undefined : Number(values.seed);
const random = seededRandom(seed);
try {
  const server = await ServerProcess.start(scope, { PARLEY_METRICS_PORT: '0' });
  const metrics = await metricsUrl(server);
  const friend = await ChatClient.register(scope, server, freshName('friend'));
  const pairs: SoakPair[] = [];
  for (let i = 0; i < pairCount; i += 1) {
    const ada = await ChatClient.register(scope, server, freshName('ada'));
    const ben = await ChatClient.register(scope, server, freshName('ben'));
    const pair = new SoakPair(ada, ben, server, random.fork());
    pairs.push(pair);
    await pair.start();
  }
  const behind = (): number =>
    pairs.reduce(
      (sum, { sent, members }) => sum + sent - members.reduce((n, { acked }) => n + acked.size, 0),
      0,
    );
  while (pairs.reduce((sum, { sent }) => sum + sent, 0) < prefill) {
    for (const pair of pairs) for (let i = 0; i < 20; i += 1) pair.say();
    while (behind() > 200) await pause(5);
  }
  console.log('prefilled');
  const samples: Sample[] = [];
  const errors: unknown[] = [];
  const started = performance.now();
  const hours = (): number => (performance.now() - started) / 3_600_000;
  const total = minutes / 60;
  let busy = 0;
  const besides = (work: Promise<void>): void => {
    busy += 1;
    void work
      .catch((error: unknown) => errors.push(error))
      .finally(() => {
        busy -= 1;
      });
  };
  for (let tick = 1; hours() < total && errors.length === 0; tick += 1) {
    await pause(TICK_MS);
    for (let i = 0; i < (rate * TICK_MS) / 1000; i += 1) random.pick(pairs).say();
    if (busy < 20) {
      if (tick % 5 === 0) besides(random.pick(pairs).look());
      if (tick % 20 === 0) besides(random.pick(pairs).blink());
      if (tick % 100 === 0) besides(oneLife(server, friend));
    }
    if (samples.length * SAMPLE_S < hours() * 3600) {
      const sample = await sampleOf(server, metrics, hours());
      samples.push(sample);
      if (samples.length % 6 === 1) console.log(JSON.stringify({ ...sample, behind: behind() }));
    }
  }
  assert.deepEqual(errors, []);
  while (busy > 0) await pause(TICK_MS);
  let acked = 0;
  for (const pair of pairs) acked += await pair.check();
  const counted = samples.filter(({ h }) => h >= total / 3);
  const slope = (of: keyof Sample): number => slopePerHour(counted.map((sample) => [sample.h, sample[of]]));
  const most = (of: keyof Sample): number => Math.max(...samples.map((sample) => sample[of]));
  const last = counted.at(-1);
  console.log(
    `COUNT R-20 minutes=${String(minutes)} acked=${String(acked)} seed=${String(random.seed)} ` +
      `rssMiB=${last?.rssMiB.toFixed(0) ?? ''} rssSlopeMiBPerHour=${slope('rssMiB').toFixed(1)} ` +
      `handles=${String(last?.handles)} handlesSlopePerHour=${slope('handles').toFixed(1)} walMostMiB=${most('walMiB').toFixed(1)}`,
  );
  assert.ok(most('walMiB') <= 64, 'the log of the database stays within 64 MiB');
  const exit = await server.kill('SIGTERM');
  assert.equal(exit.code, 0);
} finally {
  for (const end of ends) await end();
}
