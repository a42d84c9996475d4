import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ExpectedError, main } from './command.mjs';
import { NotRun, reasonOf } from './debian/not-run.ts';
import { startServer } from './debian/server-inside.ts';
import { log } from './log.mjs';
import { root } from './root.mjs';

/** `npm run test:going-back`: makes the server's folder of the version before and of this one, and does what docs/upgrade.md says: a backup
 *  with the older one, the upgrade, the older one on the newer data, which it refuses and does not change, and the older one on the
 *  backup. Needs Linux, the history of this repository, and the packages that are installed. Exit code 1: something is wrong; 77: it could
 *  not be run here. */
/** The last one whose tables this version changes, and which has the operator's commands. */
const OLD_COMMIT = 'ca2266a2229bf6c4e8190a4ccb34dce297051146';
const FOLDER = join(root, 'dist/going-back');
const [OLD_SOURCE, OLD, NEW] = [join(FOLDER, 'old-source'), join(FOLDER, 'old'), join(FOLDER, 'new')];
const [DATA, BEFORE, BACKUP] = [join(FOLDER, 'data'), join(FOLDER, 'before'), join(FOLDER, 'backup.tar')];
const EXIT_REFUSED = 74;
const PASSWORD = 'Correct-Horse-7';

const check = (what: string, isSo: boolean, found: unknown = ''): void => {
  if (!isSo) throw new ExpectedError(`FAILED: ${what} ${String(found)}`);
  log(`passed: ${what}`);
};

const unpackOld = (): void => {
  rmSync(OLD_SOURCE, { recursive: true, force: true });
  mkdirSync(OLD_SOURCE, { recursive: true });
  try {
    const options = { cwd: root, maxBuffer: 256 * 1024 * 1024 };
    execFileSync('tar', ['x', '-C', OLD_SOURCE], {
      input: execFileSync('git', ['archive', OLD_COMMIT], options),
    });
  } catch (error) {
    throw new NotRun(`the commit ${OLD_COMMIT} cannot be read: ${reasonOf(error)}`);
  }
  const lockfile = (folder: string): string => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lockfile(OLD_SOURCE) === lockfile(root))
    execFileSync('cp', ['-al', join(root, 'node_modules'), join(OLD_SOURCE, 'node_modules')]);
  else execFileSync('npm', ['ci'], { cwd: OLD_SOURCE, stdio: 'inherit' });
};

/** What the archive of a version holds. */
const makeFolder = (source: string, folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
  const script = join(source, 'scripts/run.mjs');
  execFileSync(process.execPath, [script, 'package:server', '--folder', folder], {
    cwd: source,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
};

/** A program of a version, with nothing in its environment but what is given. */
const program = (home: string, dataDir: string, name: 'parley' | 'parley-server') =>
  [
    'env',
    ...['-i', 'PATH=/usr/bin:/bin', 'PARLEY_PORT=0', `PARLEY_DATA_DIR=${dataDir}`],
    join(home, name),
  ] as const;

const ran = (home: string, dataDir: string, ...args: readonly string[]) => {
  const [command, ...rest] = program(home, dataDir, 'parley');
  return spawnSync(command, [...rest, ...args], { encoding: 'utf8' });
};

const parley = (home: string, dataDir: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = ran(home, dataDir, ...args);
  if (status !== 0)
    throw new ExpectedError(`FAILED: parley ${args.join(' ')} (${String(status)}): ${stderr}`);
  return stdout;
};

const posted = async (url: string, path: string, username: string): Promise<number> => {
  const body = JSON.stringify({ username, password: PASSWORD });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}${path}`, { method: 'POST', headers, body })).status;
};

/** Starts a server, does something with it, and ends it. */
const served = async (home: string, dataDir: string, use: (url: string) => Promise<void>): Promise<void> => {
  const server = await startServer(program(home, dataDir, 'parley-server'));
  try {
    check('the server is ready', (await fetch(`${server.url}/readyz`)).status === 200);
    await use(server.url);
  } finally {
    check('it ends with exit code 0', (await server.stop()) === 0);
  }
};

/** Everything in a data directory but its lock and what SQLite makes for those who read. */
const NOTES = /^parley\.(lock.*|db-shm)$/;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOTES.test(entry.name))
    .map(({ name, parentPath }) => {
      const bytes = readFileSync(join(parentPath, name));
      return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
    })
    .sort();

const checkRefused = (): void => {
  const before = filesIn(DATA);
  const [command, ...args] = program(OLD, DATA, 'parley-server');
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  check(
    `the older server ends with ${String(EXIT_REFUSED)}`,
    status === EXIT_REFUSED,
    `${String(status)} ${stderr}`,
  );
  check(
    'and says why in a sentence',
    /^Parley can't run: the database has schema \d+, this program knows up to \d+: start a newer Parley/m.test(
      stderr,
    ),
    stderr,
  );
  const asked = ran(OLD, DATA, 'status');
  check('the older commands refuse too', asked.status !== 0 && asked.stderr.includes('schema'), asked.stderr);
  const after = filesIn(DATA);
  const changed = [
    ...after.filter((file) => !before.includes(file)),
    ...before.filter((file) => !after.includes(file)),
  ];
  check('nothing of the newer data has changed', changed.length === 0, changed.join(', '));
};

await main(async () => {
  if (process.platform !== 'linux') throw new NotRun('packages of the server are made on Linux');
  rmSync(FOLDER, { recursive: true, force: true });
  unpackOld();
  makeFolder(OLD_SOURCE, OLD);
  makeFolder(root, NEW);

  await served(OLD, DATA, async (url) => {
    check('somebody registers with the older version', (await posted(url, '/auth/register', 'ada')) === 201);
    parley(OLD, DATA, 'backup', BACKUP);
    check('its backup is proven', parley(OLD, DATA, 'verify', BACKUP).includes('can be restored'));
  });
  await served(NEW, DATA, async (url) => {
    check('after the upgrade they log in', (await posted(url, '/auth/login', 'ada')) === 200);
    check('somebody else registers', (await posted(url, '/auth/register', 'ben')) === 201);
  });
  checkRefused();
  parley(OLD, BEFORE, 'restore', BACKUP, '--to', BEFORE);
  check('a restored directory has a database', existsSync(join(BEFORE, 'parley.db')));
  await served(OLD, BEFORE, async (url) => {
    check('the older version goes on from its backup', (await posted(url, '/auth/login', 'ada')) === 200);
    check('without who came later', (await posted(url, '/auth/login', 'ben')) === 401);
  });
  await served(NEW, DATA, async (url) => {
    check('the newer data are as they were', (await posted(url, '/auth/login', 'ben')) === 200);
  });
  rmSync(FOLDER, { recursive: true });
  log('One can go back to the version before.');
});
