import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import type { CrowdResult, CrowdSpec } from './spec.ts';

const crowd = fileURLToPath(new URL('./crowd.js', import.meta.url));

/** Lets all arrive, runs `meanwhile` while they stay, sends them off. */
export const runCrowd = async <T>(
  spec: CrowdSpec,
  meanwhile: (result: CrowdResult) => Promise<T>,
): Promise<T> => {
  const child = spawnScript(crowd);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the crowd fell apart')));
  const arrived = once(child, 'message').then(([result]) => result as CrowdResult);
  child.send(spec);
  const result = await Promise.race([arrived, ended]);
  const value = await Promise.race([meanwhile(result), ended]);
  child.send('enough');
  await ended.catch(() => undefined);
  return value;
};
