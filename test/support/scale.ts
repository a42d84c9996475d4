import { env } from 'node:process';
import { test, type TestContext } from 'node:test';
import { seededRandom, type RandomSource } from './random-source.ts';

/** How much of a corpus is run. `sample`: what `npm test` has time for. `full`: all of it (`npm run test:full`). `long`: the
 *  counted runs of hours of SECURITY.md (`npm run test:hostile`, `npm run test:security`). */
const SCALES = ['sample', 'full', 'long'] as const;
type Scale = (typeof SCALES)[number];

const scaleOf = (name: string): Scale => {
  const scale = SCALES.find((each) => each === name);
  if (scale === undefined) throw new Error(`TEST_SCALE is ${name}, which is none of ${SCALES.join(', ')}`);
  return scale;
};

const scale = scaleOf(env['TEST_SCALE'] ?? 'sample');

export const isSample = scale === 'sample';
export const isLong = scale === 'long';

/** For a further variation of what another test proves in the sample too. */
export const testInFull: (name: string, run: (t: TestContext) => void | Promise<void>) => unknown = isSample
  ? () => undefined
  : test;

/** The number for this run. Where a larger scale has none of its own, that of the next smaller one holds. */
export const scaled = (numbers: {
  readonly sample: number;
  readonly full?: number;
  readonly long?: number;
}): number => {
  const full = isSample ? numbers.sample : (numbers.full ?? numbers.sample);
  return isLong ? (numbers.long ?? full) : full;
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
