import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { ExpectedError, main } from './command.mjs';
import { PackageRoot, SETTINGS, UNIT } from './debian/package-root.ts';
import { log } from './log.mjs';
import { root } from './root.mjs';

/** `npm run test:packages [-- --mirror URL]`: makes the Debian package of the server, asks lintian about it, and installs, runs, removes
 *  and purges it in a Debian 12 root in dist/packages-test/. No systemd runs there: the server is started with the unit's command and
 *  account. Needs Linux, root, debootstrap and a mirror of Debian. Exit code 1: something is wrong; 77: it could not be run here, and the
 *  last line says why. */
const FOLDER = join(root, 'dist/packages-test');
const DATABASE = 'var/lib/parley/parley.db';

const makePackage = (): string => {
  const script = join(root, 'scripts/run.mjs');
  const args = ['package:server-deb', '--compression', 'gzip', '--out', FOLDER];
  execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const name = readdirSync(FOLDER).find((file) => file.endsWith('.deb'));
  if (name === undefined) throw new ExpectedError('FAILED: no package was made');
  return name;
};

const askLintian = (file: string): void => {
  const { status, stdout, error } = spawnSync('lintian', ['--fail-on', 'error,warning', file], {
    encoding: 'utf8',
  });
  if (error !== undefined) {
    log('NOT RUN: lintian is not installed (Debian: apt-get install lintian)');
    return;
  }
  check('lintian finds no error and no warning', status === 0, stdout);
};

const register = async (url: string, username: string, invite: string): Promise<number> => {
  const { status } = await fetch(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'Correct-Horse-7', invite }),
  });
  return status;
};

const checkInstalled = (debian: PackageRoot): void => {
  const [name, , uid, gid, , home, shell] = debian.inside('getent', 'passwd', 'parley').trim().split(':');
  check(
    'there is an account of its own that nobody logs in to',
    name === 'parley' && Number(uid) < 1000 && home === '/var/lib/parley' && shell === '/usr/sbin/nologin',
  );
  const settings = statSync(debian.path(SETTINGS));
  check('its settings can be read by root and this account alone', (settings.mode & 0o777) === 0o640);
  check('its settings belong to root', settings.uid === 0 && settings.gid === Number(gid));
  const data = statSync(debian.path('var/lib/parley'));
  check('its data are for this account alone', (data.mode & 0o777) === 0o700 && data.uid === Number(uid));
  check(
    'no Node, npm or compiler is there',
    !['node', 'npm', 'gcc'].some((each) => existsSync(debian.path(`usr/bin/${each}`))),
  );
  check('the command parley is on the PATH', debian.inside('parley', '--help').includes('parley doctor'));
};

/** Two lives of the server, with a command in between while it is stopped. */
const checkRunning = async (debian: PackageRoot): Promise<void> => {
  const first = await debian.startUnit();
  check('a running server is ready', (await fetch(`${first.url}/readyz`)).status === 200);
  check('nobody registers without an invitation', (await register(first.url, 'ben', '')) === 403);
  const { code } = JSON.parse(debian.inside('parley', 'invite', 'create', '--json')) as { code: string };
  check('an invitation made with the command is good', (await register(first.url, 'ada', code)) === 201);
  check('it ends with exit code 0', (await first.stop()) === 0);
  debian.inside('parley', 'rotate-secret');
  check('commands work while it is stopped', debian.inside('parley', 'user', 'list').includes('ada'));
  const second = await debian.startUnit();
  check('and leave it able to start', (await fetch(`${second.url}/readyz`)).status === 200);
  check('it ends again', (await second.stop()) === 0);
};

const checkLeaving = (debian: PackageRoot, file: string): void => {
  debian.inside('apt-get', 'remove', '-y', '-q', 'parley-server');
  check(
    'after remove its programs are gone',
    !['usr/bin/parley', 'usr/lib/parley-server', UNIT].some((each) => existsSync(debian.path(each))),
  );
  check(
    'settings and data are there',
    existsSync(debian.path(SETTINGS)) && existsSync(debian.path(DATABASE)),
  );
  const settings = readFileSync(debian.path(SETTINGS), 'utf8');
  debian.install(file);
  check('installed again, it has its settings', readFileSync(debian.path(SETTINGS), 'utf8') === settings);
  check('and its users', debian.inside('parley', 'user', 'list').includes('ada'));
  debian.inside('apt-get', 'purge', '-y', '-q', 'parley-server');
  check('after purge its settings are gone', !existsSync(debian.path('etc/parley')));
  check('the messages stay, because nobody else has them', existsSync(debian.path(DATABASE)));
  check(
    'nothing else is left',
    debian.inside('dpkg', '--audit') === '' && !existsSync(debian.path('usr/share/doc/parley-server')),
  );
};

await main(async () => {
  const { values } = parseArgs({ options: { mirror: { type: 'string' } } });
  mkdirSync(FOLDER, { recursive: true });
  const debian = await PackageRoot.make(join(FOLDER, 'root'), values.mirror);
  for (const old of readdirSync(FOLDER).filter((file) => file.endsWith('.deb'))) rmSync(join(FOLDER, old));
  const file = join(FOLDER, makePackage());
  askLintian(file);
  debian.install(file);
  checkInstalled(debian);
  await debian.chooseFreePort();
  await checkRunning(debian);
  checkLeaving(debian, file);
  rmSync(debian.path('/'), { recursive: true });
  log(`The Debian package works on ${PackageRoot.debian}.`);
});
