import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ExpectedError } from '../command.mjs';
import { NotRun, reasonOf } from '../debian/not-run.ts';
import { root } from '../root.mjs';

/** Less than that of every version. */
const OLD_RELEASE = '0.0.9';

const git = (...args: readonly string[]): Buffer =>
  execFileSync('git', args, { cwd: root, maxBuffer: 256 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] });

/** The commit before that which brought the newest migration of SQLite: the last one that refuses what this version stores. What PostgreSQL
 *  alone gets since then, such as an index, no older version minds.
 *  @throws NotRun without the history of the repository */
const oldCommit = (): string => {
  const migrations = 'server/storage/sqlite/migrations/0*.ts';
  try {
    const newest = git('log', '-1', '--diff-filter=A', '--format=%H', '--', migrations).toString().trim();
    return git('rev-parse', '--verify', '--quiet', `${newest}^`).toString().trim();
  } catch (error) {
    throw new NotRun(`the version before cannot be found in the history: ${reasonOf(error)}`);
  }
};

/** Puts the sources of the version before into a folder, with its packages, as a release with a lower number. Returns its commit. */
export const unpackOld = (folder: string): string => {
  const commit = oldCommit();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['x', '-C', folder], { input: git('archive', commit) });
  const lockfile = (of: string): string => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (lockfile(folder) === lockfile(root))
    execFileSync('cp', ['-al', join(root, 'node_modules'), join(folder, 'node_modules')]);
  else execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' });
  const manifest = join(folder, 'package.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.replace(/^ {2}"version": ".*"/m, `  "version": "${OLD_RELEASE}"`));
  return commit;
};

const make = (source: string, command: string, ...args: readonly string[]): void => {
  const script = join(source, 'scripts/run.mjs');
  execFileSync(process.execPath, [script, command, ...args], {
    cwd: source,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
};

/** What the archive of a version holds. */
export const makeFolder = (source: string, folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
  make(source, 'package:server', '--folder', folder);
};

/** The Debian package of a version, alone in a folder. Returns its path. */
export const makePackage = (source: string, folder: string): string => {
  rmSync(folder, { recursive: true, force: true });
  make(source, 'package:server-deb', '--compression', 'gzip', '--out', folder);
  const name = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (name === undefined) throw new ExpectedError('FAILED: no package was made');
  return join(folder, name);
};
