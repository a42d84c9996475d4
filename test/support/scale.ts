import { env } from 'node:process';
import { test, type TestContext, type TestOptions } from 'node:test';
import { seededRandom, type RandomSource } from './random-source.ts';

/** How much is run. `sample`: what `npm test` has five minutes for. `extended`: further cases of what the sample proves, for
 *  whoever names a file, and for the few that `.ci/run` adds. `full`: the whole corpora (`npm run test:full`). `long`: the counted runs of
 *  hours of SECURITY.md (`npm run test:hostile`, `npm run test:security`). */
const SCALES = ['sample', 'extended', 'full', 'long'] as const;
type Scale = (typeof SCALES)[number];

const scaleOf = (name: string): Scale => {
  const scale = SCALES.find((each) => each === name);
  if (scale === undefined) throw new Error(`TEST_SCALE is ${name}, which is none of ${SCALES.join(', ')}`);
  return scale;
};

const scale = scaleOf(env['TEST_SCALE'] ?? 'sample');
const isAtLeast = (least: Scale): boolean => SCALES.indexOf(scale) >= SCALES.indexOf(least);

export const isExtended = isAtLeast('extended');
/** Neither the whole corpora nor the counted runs. */
export const isSample = !isAtLeast('full');
export const isLong = scale === 'long';

type Run = (t: TestContext) => void | Promise<void>;
interface TestMaker {
  (name: string, run: Run): unknown;
  (name: string, options: TestOptions, run: Run): unknown;
}
const testFrom = (least: Scale): TestMaker => (isAtLeast(least) ? test : () => undefined);

/** For a further case of what another test proves in the sample too. */
export const testInExtended = testFrom('extended');
/** For a further case for which only `npm run test:full` has the time. */
export const testInFull = testFrom('full');

/** The number for this run. Where a scale has none of its own, that of the next smaller one holds. */
export const scaled = (numbers: {
  readonly sample: number;
  readonly extended?: number;
  readonly full?: number;
  readonly long?: number;
}): number => {
  const reached = SCALES.slice(0, SCALES.indexOf(scale) + 1).reverse();
  return reached.map((each) => numbers[each]).find((number) => number !== undefined) ?? numbers.sample;
};

interface Told {
  diagnostic(line: string): void;
}

/** What was run, in one line that can be quoted: `COUNT name figures`. */
export const count = (t: Told, name: string, figures: Readonly<Record<string, number | string>>): void => {
  const said = Object.entries(figures).map(([what, figure]) => `${what}=${String(figure)}`);
  t.diagnostic(`COUNT ${name} ${said.join(' ')}`);
};

/** Chance whose seed is told; TEST_SEED replays it. */
export const chance = (t: Told): RandomSource => {
  const given = env['TEST_SEED'];
  return seededRandom(given === undefined ? undefined : Number(given), (line) => {
    t.diagnostic(line);
  });
};
