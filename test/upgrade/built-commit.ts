import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { repositoryRoot } from '../support/paths.ts';

/** This machine cannot build an earlier version. Never a pass. */
export class NotBuilt extends Error {}

const git = (args: readonly string[], into: 'pipe' | 'ignore' = 'pipe'): Buffer =>
  execFileSync('git', ['-C', repositoryRoot, ...args], {
    stdio: ['ignore', into, 'ignore'],
    maxBuffer: 256 * 1024 * 1024,
  });

/** Builds an earlier version from the history of this repository, once for this copy of it, and returns the folder. It uses the packages that
 *  are installed here if they have the versions that it names, and installs its own otherwise.
 *  @throws NotBuilt if the history is not there */
export const buildCommit = (commit: string): string => {
  // It may use the packages of this copy of the repository.
  const copy = createHash('sha256').update(repositoryRoot).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), `parley-old-version-${commit.slice(0, 12)}-${copy}`);
  if (existsSync(folder)) return folder;
  try {
    git(['cat-file', '-e', `${commit}^{commit}`], 'ignore');
  } catch {
    throw new NotBuilt(`the commit ${commit} is not in this repository: it is no clone, or a shallow one`);
  }
  const aside = mkdtempSync(`${folder}-`);
  try {
    execFileSync('tar', ['x', '-C', aside], { input: git(['archive', commit]) });
    if (hasItsPackages(aside)) symlinkSync(join(repositoryRoot, 'node_modules'), join(aside, 'node_modules'));
    else execFileSync('npm', ['ci'], { cwd: aside, stdio: 'inherit' });
    for (const part of [['--config', 'vite.server.config.ts'], []])
      execFileSync(
        process.execPath,
        ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error', ...part],
        {
          cwd: aside,
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      );
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
};

type Packages = Readonly<Record<string, string>>;

const hasItsPackages = (old: string): boolean => {
  const packagesOf = (folder: string): Packages => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as { dependencies?: Packages; devDependencies?: Packages };
    return { ...dependencies, ...devDependencies };
  };
  const here = packagesOf(repositoryRoot);
  return Object.entries(packagesOf(old)).every(([name, version]) => here[name] === version);
};
