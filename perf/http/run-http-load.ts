import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import type { HttpLoadSample, HttpLoadSpec } from './load-spec.ts';

const fire = fileURLToPath(new URL('./http-load.js', import.meta.url));

/** Fires from a process of its own. */
export const runHttpLoad = async (spec: HttpLoadSpec): Promise<HttpLoadSample> => {
  const child = spawnScript(fire);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the HTTP load ended early')));
  const hit = once(child, 'message').then(([result]) => result as HttpLoadSample);
  child.send(spec);
  return await Promise.race([hit, ended]);
};
