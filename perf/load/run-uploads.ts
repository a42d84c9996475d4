import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import type { UploadsResult, UploadsSpec } from './spec.ts';

const uploader = fileURLToPath(new URL('./uploader.js', import.meta.url));

/** Keeps uploads under way, in a process of their own, while `meanwhile` runs. Rejects when one of them fails. */
export const duringUploads = async <T>(
  spec: UploadsSpec,
  meanwhile: () => Promise<T>,
): Promise<{ readonly value: T; readonly uploads: UploadsResult }> => {
  const child = spawnScript(uploader);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the uploads failed')));
  child.send(spec);
  const value = await Promise.race([meanwhile(), ended]);
  const told = once(child, 'message').then(([result]) => result as UploadsResult);
  child.send('enough');
  const uploads = await Promise.race([told, ended]);
  await ended.catch(() => undefined);
  return { value, uploads };
};
