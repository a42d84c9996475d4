import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import type { FleetOrder, IdleFleetResult, IdleFleetSpec } from './spec.ts';

const fleet = fileURLToPath(new URL('./idle-fleet.js', import.meta.url));

/** Lets all arrive, runs `meanwhile` while they stay, sends them off. `again` cuts all connections at once and lets everybody come back in
 *  the same moment. */
export const runIdleFleet = async <T>(
  spec: IdleFleetSpec,
  meanwhile: (result: IdleFleetResult, again: () => Promise<IdleFleetResult>) => Promise<T>,
): Promise<T> => {
  const child = spawnScript(fleet);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the fleet fell apart')));
  const told = (): Promise<IdleFleetResult> =>
    Promise.race([once(child, 'message').then(([result]) => result as IdleFleetResult), ended]);
  const order = (what: FleetOrder): void => {
    child.send(what);
  };
  child.send(spec);
  const again = (): Promise<IdleFleetResult> => {
    const result = told();
    order('again');
    return result;
  };
  const result = await told();
  const value = await Promise.race([meanwhile(result, again), ended]);
  order('enough');
  await ended.catch(() => undefined);
  return value;
};
