import { once } from 'node:events';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnScript } from '../machine/spawn.ts';
import { dueAt, dueBy } from './pacing.ts';

interface SteadyFiles {
  readonly dir: string;
  readonly bytesPerSecond: number;
  readonly fileBytes: number;
}

/** What the server writes of an upload before it has it synced. */
const STEP = Buffer.alloc(256 * 1024, 1);

/** Files written one after the other by a process that does nothing else, step by step, each step synced, while `meanwhile` runs: what
 *  uploads ask of the disk, without a server. */
export const duringSteadyFiles = async <T>(spec: SteadyFiles, meanwhile: () => T): Promise<T> => {
  const child = spawnScript(fileURLToPath(import.meta.url));
  const begun = once(child, 'message');
  child.send(spec);
  await begun;
  try {
    return meanwhile();
  } finally {
    child.kill('SIGKILL');
  }
};

/** Never returns: it is killed. */
const write = ({ dir, bytesPerSecond, fileBytes }: SteadyFiles): void => {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const perSecond = bytesPerSecond / STEP.length;
  const startedMs = performance.now();
  let file = openSync(join(dir, 'upload-0'), 'w');
  for (let step = 0; ; step += 1) {
    const elapsedUs = (performance.now() - startedMs) * 1000;
    if (dueBy(elapsedUs, perSecond) <= step)
      Atomics.wait(never, 0, 0, Math.max(0.05, (dueAt(step, perSecond) - elapsedUs) / 1000));
    writeSync(file, STEP);
    fdatasyncSync(file);
    if ((step + 1) % Math.ceil(fileBytes / STEP.length) !== 0) continue;
    closeSync(file);
    file = openSync(join(dir, `upload-${String(step)}`), 'w');
  }
};

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url))
  process.once('message', (spec) => {
    process.send?.('begun');
    write(spec as SteadyFiles);
  });
