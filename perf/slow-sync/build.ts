import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Placement } from '../machine/spawn.ts';
import { root } from '../machine/root.ts';

/** Compiles the shim and says how a server is started under it. Needs gcc, which the SQLite addon needs as well. */
export const slowSync = (ms: number): Placement => {
  const out = join(root, 'dist/perf/slow-sync');
  mkdirSync(out, { recursive: true });
  const library = join(out, 'slow-sync.so');
  const source = join(root, 'perf/slow-sync/slow-sync.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'inherit' });
  return { preload: library, env: { SLOW_SYNC_US: String(ms * 1000) } };
};
