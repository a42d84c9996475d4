import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runHistory, type HistoryOptions } from './history.ts';

/** Runs the histories of some seeds; the first that breaks a rule is told with its seed, which replays it. */
export const holdOver = async (
  t: TestContext,
  from: number,
  count: number,
  options: HistoryOptions = {},
): Promise<void> => {
  const how = (['restore', 'retention', 'hosts'] as const)
    .filter((name) => options[name] === true)
    .map((name) => ` --${name}`)
    .join('');
  const started = performance.now();
  let [steps, messages] = [0, 0];
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await runHistory(seed, options);
    steps += outcome.steps;
    messages += outcome.messages;
    const broken = outcome.violations.map(({ rule, what }) => `${rule} ${what}`).join('\n');
    assert.equal(
      broken,
      '',
      `SEED=${seed}: npm run simulate -- --seeds 1 --from ${seed}${how} --trace\n${broken}`,
    );
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  t.diagnostic(`${count} seeds from ${from}, ${steps} steps, ${messages} messages, ${seconds} s`);
};
