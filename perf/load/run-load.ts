import { fileURLToPath } from 'node:url';
import { spawnScript, type Placement, type SpawnOptions } from '../machine/spawn.ts';
import type { LoadResult, LoadSpec } from './spec.ts';

const generator = fileURLToPath(new URL('./generator.js', import.meta.url));

/** Runs one load in a process of its own; rejects when the generator fails, which says why on stderr. */
export const runLoad = async (
  spec: LoadSpec,
  placement: Placement & Pick<SpawnOptions, 'output'> = {},
): Promise<LoadResult> => {
  const child = spawnScript(generator, placement);
  return await new Promise((resolve, reject) => {
    child.once('message', (result) => {
      resolve(result as LoadResult);
    });
    child.once('exit', (code) => {
      reject(new Error(`the load generator ended (${String(code)})`));
    });
    child.send(spec);
  });
};

/** Nothing is wrong but that some had not come when the wait for the last ones was over. */
export const isOnlyOwed = ({ ring }: LoadResult): boolean =>
  [ring.acked, ring.delivered].every(({ repeated, outOfOrder }) => repeated === 0 && outOfOrder === 0) &&
  ring.cursorGaps === 0 &&
  ring.errors.length === 0;

/** What a run must not leave behind: everything sent was delivered once, acknowledged once, in order, and numbered without a
 *  gap. */
export const lossesIn = ({ ring }: LoadResult): readonly string[] => {
  const faults: string[] = [];
  for (const what of ['acked', 'delivered'] as const) {
    const { expected, missing, repeated, outOfOrder } = ring[what];
    if (missing > 0) faults.push(`${missing} of ${expected} messages were never ${what}`);
    if (repeated > 0) faults.push(`${repeated} messages were ${what} twice`);
    if (outOfOrder > 0) faults.push(`${outOfOrder} messages were ${what} out of order`);
  }
  if (ring.cursorGaps > 0) faults.push(`${ring.cursorGaps} gaps in the numbers of live events`);
  return [...faults, ...ring.errors];
};
