import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import type { IdleFleetResult, IdleFleetSpec } from './spec.ts';

const fleet = fileURLToPath(new URL('./idle-fleet.js', import.meta.url));

/** Lets all arrive, runs `meanwhile` while they stay, sends them off. */
export const runIdleFleet = async <T>(
  spec: IdleFleetSpec,
  meanwhile: (result: IdleFleetResult) => Promise<T>,
): Promise<T> => {
  const child = spawnScript(fleet);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the fleet fell apart')));
  const arrived = once(child, 'message').then(([result]) => result as IdleFleetResult);
  child.send(spec);
  const result = await Promise.race([arrived, ended]);
  const value = await Promise.race([meanwhile(result), ended]);
  child.send('enough');
  await ended.catch(() => undefined);
  return value;
};
