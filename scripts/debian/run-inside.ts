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

/** `$1` is the root, `$2` this machine's cache of npm, the rest what runs inside. The mounts are seen by this process and what it
 *  starts, and are gone with them: nothing is left mounted in the root. */
const MOUNT_AND_ENTER = `
set -e
root=$1 cache=$2
shift 2
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mkdir -p "$root/root/.npm"
mount --bind "$cache" "$root/root/.npm"
exec chroot "$root" /usr/bin/env -i "$@"
`;
const ENTER_FOLDER = 'cd "$1" && shift && exec "$@"';

interface Run {
  /** The root's folder. */
  readonly root: string;
  /** Of Node, inside of the root. */
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly onText: (text: string) => void;
}

/** Runs a command in the folder `cwd` of the root, with the Node in `home` first on its PATH and no other environment than `env`.
 *  Its output is shown; `onText` sees what goes to stdout too. SIGINT and SIGTERM end it, and then this process. Resolves to its exit
 *  code, or to the name of the signal that ended it. */
export const runInside = ({ root, home, cwd, env, command, onText }: Run): Promise<number | string> => {
  const cache = npmSetting('cache') ?? join(homedir(), '.npm');
  mkdirSync(cache, { recursive: true });
  const variables = {
    PATH: `${home}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...npmEnvironment(root),
    ...env,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const enter = ['/bin/sh', '-c', MOUNT_AND_ENTER, 'enter', root, cache];
  const run = [...assignments, '/bin/sh', '-c', ENTER_FOLDER, 'run', cwd, ...command];
  const child = spawn('unshare', ['--mount', '--propagation', 'private', ...enter, ...run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
