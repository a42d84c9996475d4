import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from './paths.ts';

/** The app's folders for all systems, made by the real command. Returns what it said. */
export const buildDesktop = (out: string, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(
    '/bin/sh',
    ['-c', '"$0" "$@" 2>&1', process.execPath, 'scripts/run.mjs', 'desktop:build', '--out', out],
    {
      cwd: repositoryRoot,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      encoding: 'utf8',
    },
  );

export const inRepository = (...parts: readonly string[]): string => join(repositoryRoot, ...parts);
