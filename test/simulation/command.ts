import { parseArgs } from 'node:util';
import { BUGS, HOST_BUGS, RETENTION_BUGS } from './bugs.ts';
import { runHistory } from './history.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    bug: { type: 'string' },
    restore: { type: 'boolean', default: false },
    retention: { type: 'boolean', default: false },
    hosts: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];
const bug = [...BUGS, ...HOST_BUGS, ...RETENTION_BUGS].find((each) => each === values.bug) ?? null;
const { restore, retention, hosts } = values;
const started = performance.now();
const failed: number[] = [];
let [histories, steps, messages] = [0, 0, 0];
for (let seed = from; seed < from + seeds && failed.length < 5; seed += 1) {
  const outcome = await runHistory(seed, { bug, keep: values.trace, restore, retention, hosts });
  histories += 1;
  steps += outcome.steps;
  messages += outcome.messages;
  if (values.trace) console.log(outcome.lines.join('\n'));
  if (values.trace) console.log(outcome.digest);
  if (outcome.violations.length === 0) continue;
  failed.push(seed);
  console.log(`SEED=${seed}`);
  for (const { rule, what } of outcome.violations.slice(0, 5)) console.log(`  ${rule} ${what}`);
  if (!values.trace) {
    const again = await runHistory(seed, { bug, keep: true, restore, retention, hosts });
    console.log(
      again.lines
        .slice(-40)
        .map((line) => `    ${line}`)
        .join('\n'),
    );
    const same = again.digest === outcome.digest ? 'the same history' : 'ANOTHER HISTORY';
    console.log(`  replayed: ${same}, ${again.digest}`);
  }
}
const seconds = (performance.now() - started) / 1000;
console.log(
  `${histories} seeds from ${from}: ${failed.length === 0 ? 'nothing broken' : `broken: ${failed.join(', ')}`}; ` +
    `${steps} steps, ${messages} messages, ${seconds.toFixed(1)} s, ${(histories / seconds).toFixed(1)} histories/s`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
