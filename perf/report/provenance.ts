import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { root } from '../machine/root.ts';
import type { Provenance } from './model.ts';

const DEPENDENCIES = ['uWebSockets.js', 'better-sqlite3', 'ws', 'autocannon'];
const SYNCS = 51;

const commit = (): string => {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed =
      git('status', '--porcelain', '--', 'server', 'perf', ':!perf/results', 'package-lock.json') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown'; // A copy without its history.
  }
};

const versionOf = (name: string): string => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  return packages[`node_modules/${name}`]?.version ?? 'none';
};

/** What a commit waits for on this disk: one page written and synced. */
const syncMs = (): number => {
  const dir = mkdtempSync(join(tmpdir(), 'parley-sync-'));
  try {
    const file = openSync(join(dir, 'page'), 'w');
    const page = Buffer.alloc(4096, 1);
    const times = Array.from({ length: SYNCS }, () => {
      const started = performance.now();
      writeSync(file, page);
      fdatasyncSync(file);
      return performance.now() - started;
    });
    closeSync(file);
    return times.sort((a, b) => a - b)[Math.floor(SYNCS / 2)] ?? NaN;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Looked at anew before each figure: a neighbour may have come. */
export const takeProvenance = (): Provenance => ({
  date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  commit: commit(),
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: totalmem() / 2 ** 30,
  kernel: `${type()} ${release()}`,
  versions: {
    Node: process.versions.node,
    ...Object.fromEntries(DEPENDENCIES.map((name) => [name, versionOf(name)])),
  },
  loadBefore: loadavg()[0] ?? 0,
  syncMs: syncMs(),
});
