import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { freePort } from '../perf/machine/free-port.ts';
import { ExpectedError, main } from './command.mjs';
import { copyNameService, makeDebianRoot, type Debian } from './debian/root.ts';
import { insideRoot } from './debian/run-inside.ts';
import { startServer, type StartedServer } from './debian/server-inside.ts';
import { log } from './log.mjs';
import { root } from './root.mjs';

/** `npm run test:packages [-- --mirror URL]`: makes the Debian package of the server, asks lintian about it, and installs, runs, removes
 *  and purges it in a Debian 12 root in dist/packages-test/. No systemd runs there: the server is started with the unit's command and
 *  account. Needs Linux, root, debootstrap and a mirror of Debian. Exit code 1: something is wrong; 77: it could not be run here, and the
 *  last line says why. */
const DEBIAN: Debian = { name: 'Debian 12', suite: 'bookworm', packages: ['adduser'] };
const FOLDER = join(root, 'dist/packages-test');
const [BASE, DEBIAN_ROOT] = [join(FOLDER, 'debian-12'), join(FOLDER, 'root')];
const UNIT = 'usr/lib/systemd/system/parley.service';
const SETTINGS = 'etc/parley/parley.env';
const DATABASE = 'var/lib/parley/parley.db';

const inRoot = (path: string): string => join(DEBIAN_ROOT, path);

const check = (what: string, isSo: boolean, found: unknown = ''): void => {
  if (!isSo) throw new ExpectedError(`FAILED: ${what} ${String(found)}`);
  log(`passed: ${what}`);
};

/** Runs a command in the root as root, and returns what it prints. */
const inside = (...command: readonly string[]): string => {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const [program, ...args] = insideRoot({ root: DEBIAN_ROOT, cwd: '/', env, command });
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new ExpectedError(`FAILED: ${command.join(' ')} (${String(status)}):\n${stdout}${stderr}`);
  return stdout;
};

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

const directives = (name: string): readonly string[] =>
  [...readFileSync(inRoot(UNIT), 'utf8').matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(
    ([, value = '']) => value,
  );

/** Starts the server as the unit says: its command, account, variables and file of settings. */
const startUnit = (): Promise<StartedServer> => {
  const [command = ''] = directives('ExecStart');
  const [user = ''] = directives('User');
  const [settings = ''] = directives('EnvironmentFile');
  const lines = readFileSync(inRoot(settings), 'utf8').split('\n');
  const assignments = [...directives('Environment'), ...lines.filter((line) => /^[A-Z]/.test(line))];
  const env = Object.fromEntries(
    assignments.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  const as = [
    'setpriv',
    `--reuid=${user}`,
    `--regid=${user}`,
    '--init-groups',
    '--no-new-privs',
    '--bounding-set=-all',
  ];
  return startServer(
    insideRoot({ root: DEBIAN_ROOT, cwd: '/', env, command: [...as, ...command.split(' ')] }),
  );
};

const register = async (url: string, username: string, invite: string): Promise<number> => {
  const { status } = await fetch(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'Correct-Horse-7', invite }),
  });
  return status;
};

const checkInstalled = (): void => {
  const [name, , uid, gid, , home, shell] = inside('getent', 'passwd', 'parley').trim().split(':');
  check(
    'there is an account of its own that nobody logs in to',
    name === 'parley' && Number(uid) < 1000 && home === '/var/lib/parley' && shell === '/usr/sbin/nologin',
  );
  const settings = statSync(inRoot(SETTINGS));
  check('its settings can be read by root and this account alone', (settings.mode & 0o777) === 0o640);
  check('its settings belong to root', settings.uid === 0 && settings.gid === Number(gid));
  const data = statSync(inRoot('var/lib/parley'));
  check('its data are for this account alone', (data.mode & 0o777) === 0o700 && data.uid === Number(uid));
  check(
    'no Node, npm or compiler is there',
    !['node', 'npm', 'gcc'].some((each) => existsSync(inRoot(`usr/bin/${each}`))),
  );
  check('the command parley is on the PATH', inside('parley', '--help').includes('parley doctor'));
};

/** Two lives of the server, with a command in between while it is stopped. */
const checkRunning = async (): Promise<void> => {
  const first = await startUnit();
  check('a running server is ready', (await fetch(`${first.url}/readyz`)).status === 200);
  check('nobody registers without an invitation', (await register(first.url, 'ben', '')) === 403);
  const { code } = JSON.parse(inside('parley', 'invite', 'create', '--json')) as { code: string };
  check('an invitation made with the command is good', (await register(first.url, 'ada', code)) === 201);
  check('it ends with exit code 0', (await first.stop()) === 0);
  inside('parley', 'rotate-secret');
  check('commands work while it is stopped', inside('parley', 'user', 'list').includes('ada'));
  const second = await startUnit();
  check('and leave it able to start', (await fetch(`${second.url}/readyz`)).status === 200);
  check('it ends again', (await second.stop()) === 0);
};

const checkLeaving = (file: string): void => {
  inside('apt-get', 'remove', '-y', '-q', 'parley-server');
  check(
    'after remove its programs are gone',
    !['usr/bin/parley', 'usr/lib/parley-server', UNIT].some((each) => existsSync(inRoot(each))),
  );
  check('settings and data are there', existsSync(inRoot(SETTINGS)) && existsSync(inRoot(DATABASE)));
  const settings = readFileSync(inRoot(SETTINGS), 'utf8');
  inside('apt-get', 'install', '-y', '-q', file);
  check('installed again, it has its settings', readFileSync(inRoot(SETTINGS), 'utf8') === settings);
  check('and its users', inside('parley', 'user', 'list').includes('ada'));
  inside('apt-get', 'purge', '-y', '-q', 'parley-server');
  check('after purge its settings are gone', !existsSync(inRoot('etc/parley')));
  check('the messages stay, because nobody else has them', existsSync(inRoot(DATABASE)));
  check(
    'nothing else is left',
    inside('dpkg', '--audit') === '' && !existsSync(inRoot('usr/share/doc/parley-server')),
  );
};

await main(async () => {
  const { values } = parseArgs({ options: { mirror: { type: 'string' } } });
  mkdirSync(FOLDER, { recursive: true });
  await makeDebianRoot(BASE, DEBIAN, values.mirror);
  for (const old of readdirSync(FOLDER).filter((file) => file.endsWith('.deb'))) rmSync(join(FOLDER, old));
  const name = makePackage();
  askLintian(join(FOLDER, name));
  rmSync(DEBIAN_ROOT, { recursive: true, force: true });
  execFileSync('cp', ['-a', '--reflink=auto', BASE, DEBIAN_ROOT]);
  copyNameService(DEBIAN_ROOT);
  copyFileSync(join(FOLDER, name), inRoot(name));
  inside('apt-get', 'install', '-y', '-q', '--no-install-recommends', `/${name}`);
  checkInstalled();
  const text = readFileSync(inRoot(SETTINGS), 'utf8');
  writeFileSync(
    inRoot(SETTINGS),
    text.replace(/^PARLEY_PORT=.*$/m, `PARLEY_PORT=${String(await freePort())}`),
  );
  await checkRunning();
  checkLeaving(`/${name}`);
  rmSync(DEBIAN_ROOT, { recursive: true });
  log(`The Debian package works on ${DEBIAN.name}.`);
});
