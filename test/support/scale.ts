import { env } from 'node:process';
import { seededRandom, type RandomSource } from './random-source.ts';

/** Long programmes run in two sizes: a taste of seconds in `npm test`, and in full where TEST_SCALE=full says so
 *  (`npm run test:edges`, `npm run test:security`). */
export const isFull = env['TEST_SCALE'] === 'full';

export const scaled = (taste: number, full: number): number => (isFull ? full : taste);

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
