import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/random-source.ts';
import { FAULTS } from './all.ts';
import { type Fault, NotRun } from './fault.ts';
import { scoped } from './scoped.ts';

/** `npm run test:faults -- [NAME …] [--rounds N] [--seed S] [--quiet]`: each programme that could break a promise, in its full
 *  number. Exit code 1 when one broke something, 3 when nothing broke and one could not run here. */
const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const EXIT_BROKEN = 1;
const EXIT_NOT_RUN = 3;

const unknown = positionals.filter((name) => !FAULTS.some((fault) => fault.name === name));
if (unknown.length > 0) {
  console.error(
    `no such fault: ${unknown.join(', ')}; there are ${FAULTS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(64);
}
const random = seededRandom(values.seed === undefined ? undefined : Number(values.seed));
const results: string[] = [];
let [broken, notRun] = [0, 0];

const runOne = async (fault: Fault): Promise<string> => {
  const rounds = values.rounds === undefined ? fault.full : Number(values.rounds);
  const seed = random.between(1, 2 ** 31);
  const started = performance.now();
  const say = (line: string): void => {
    if (!values.quiet) console.log(line);
  };
  try {
    const counts = await scoped((scope) =>
      fault.run(scope, { rounds, random: seededRandom(seed, () => undefined), say }),
    );
    const seconds = ((performance.now() - started) / 1000).toFixed();
    const figures = Object.entries(counts).map(([what, count]) => `${what} ${String(count)}`);
    return `held    ${fault.name} (${fault.proves}): ${figures.join(', ')}; ${seconds} s`;
  } catch (error) {
    if (error instanceof NotRun) {
      notRun += 1;
      return `not run: ${fault.name} (${fault.proves}): ${error.message}`;
    }
    broken += 1;
    console.error(error);
    return `BROKEN  ${fault.name} (${fault.proves})`;
  }
};

for (const fault of FAULTS) {
  if (positionals.length > 0 && !positionals.includes(fault.name)) continue;
  const line = await runOne(fault);
  results.push(line);
  console.log(line);
}
console.log(`\n${results.join('\n')}`);
process.exitCode = broken > 0 ? EXIT_BROKEN : notRun > 0 ? EXIT_NOT_RUN : 0;
