import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';

const npmSetting = (name: string): string | undefined => {
  const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  return value === 'null' || value === '' ? undefined : value;
};

/** Where npm in the root finds the registry: as npm of this machine does. */
const npmEnvironment = (root: string): Readonly<Record<string, string>> => {
  const env: Record<string, string> = {};
  for (const name of ['registry', 'proxy', 'https-proxy', 'noproxy']) {
    const value = npmSetting(name);
    if (value !== undefined) env[`npm_config_${name.replace('-', '_')}`] = value;
  }
  const certificates = npmSetting('cafile');
  if (certificates !== undefined) {
    cpSync(certificates, join(root, 'etc/npm-certificates.pem'));
    env['npm_config_cafile'] = '/etc/npm-certificates.pem';
  }
  return env;
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const ENTER_FOLDER = 'cd "$1" && shift && exec "$@"';

interface Inside {
  /** The root's folder. */
  readonly root: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Whether npm in there uses this machine's cache and settings. */
  readonly npm?: boolean;
  /** Nothing in the root can be changed, other than what `mounts` names. */
  readonly readOnly?: boolean;
  /** Folders of the root, and those of this machine that are seen in their place. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** The program and the arguments that run a command in a folder of a root, with no other environment than `env` and a PATH. The process
 *  that is started becomes the command. Mounts are seen by it and what it starts, and are gone with them: nothing is left mounted in
 *  the root. */
export const insideRoot = ({
  root,
  cwd,
  env,
  command,
  npm = false,
  readOnly = false,
  mounts = {},
}: Inside): readonly [string, ...string[]] => {
  const cache = npm ? (npmSetting('cache') ?? join(homedir(), '.npm')) : undefined;
  if (cache !== undefined) mkdirSync(cache, { recursive: true });
  const all = { ...mounts, ...(cache === undefined ? {} : { '/root/.npm': cache }) };
  for (const path of Object.keys(all)) mkdirSync(join(root, path), { recursive: true });
  const variables = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...(npm ? npmEnvironment(root) : {}),
    ...env,
  };
  const at = (path: string): string => quoted(join(root, path));
  const script = [
    'set -e',
    `mount --bind ${at('/')} ${at('/')}`,
    ...(readOnly ? [`mount -o remount,bind,ro ${at('/')}`] : []),
    `mount -t proc proc ${at('/proc')}`,
    `mount --rbind /sys ${at('/sys')}`,
    `mount --rbind /dev ${at('/dev')}`,
    ...Object.entries(all).map(([path, source]) => `mount --bind ${quoted(source)} ${at(path)}`),
    `exec chroot ${at('/')} /usr/bin/env -i "$@"`,
  ];
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const enter = ['/bin/sh', '-c', script.join('\n'), 'enter'];
  const run = [...assignments, '/bin/sh', '-c', ENTER_FOLDER, 'run', cwd, ...command];
  return ['unshare', '--mount', '--propagation', 'private', ...enter, ...run];
};

interface Run extends Inside {
  readonly onText: (text: string) => void;
}

/** Runs such a command to its end. Its output is shown; `onText` sees what goes to stdout too. SIGINT and SIGTERM end it, and then
 *  this process. Resolves to its exit code, or to the name of the signal that ended it. */
export const runInside = ({ onText, ...inside }: Run): Promise<number | string> => {
  const [program, ...args] = insideRoot(inside);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    onText(text);
  });
  let ended: 'SIGINT' | 'SIGTERM' | undefined;
  const forward = (signal: 'SIGINT' | 'SIGTERM'): void => {
    ended = signal;
    child.kill(signal);
  };
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      // Whoever ends the command ends all of it, and not this release of Node alone.
      if (ended !== undefined) process.exit(128 + constants.signals[ended]);
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? signal ?? '');
    });
  });
};
