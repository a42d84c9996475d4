import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import type { Hit, Shot } from './shot.ts';

const fire = fileURLToPath(new URL('./fire.js', import.meta.url));

/** Fires from a process of its own. */
export const runFire = async (shot: Shot): Promise<Hit> => {
  const child = spawnScript(fire);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the HTTP load ended early')));
  const hit = once(child, 'message').then(([result]) => result as Hit);
  child.send(shot);
  return await Promise.race([hit, ended]);
};
