import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneCpu } from './machine/cpu-list.ts';
import { root } from './machine/root.ts';
import { ratioVerdict } from './report/regression.ts';
import { runOnce, type Load } from './servers/side-by-side.ts';

/** `node dist/perf/guard.js`: a regression too large to be noise. CPU of a message on one CPU as a ratio to baseline (a), the
 *  least of several short rounds of each, against the ratio that perf/guard.json records. CPU time, not the clock, and the
 *  least of the rounds: what a busy neighbour adds does not count. About half a minute. */
const ROUNDS = 3;
const LOAD: Load = {
  pairs: 50,
  pace: { kind: 'closed', inFlight: 2 },
  receipts: 'gathered',
  bytes: 200,
  warmUpS: 1.5,
  windowS: 1.5,
  workers: 1,
  cpus: oneCpu(),
};

const recorded = JSON.parse(readFileSync(join(root, 'perf/guard.json'), 'utf8')) as {
  ratio: number;
  factor: number;
};
const parley: number[] = [];
const relay: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  relay.push((await runOnce('relay', LOAD)).cpuUs);
  parley.push((await runOnce('parley', LOAD)).cpuUs);
}
const { sentence, isRegression } = ratioVerdict(parley, relay, recorded);
process.stdout.write(`${sentence}\n`);
if (isRegression) process.exitCode = 1;
