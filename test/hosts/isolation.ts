import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { argv, env, execPath, getuid, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Set in the process that runs apart from the machine. */
const MARK = 'PARLEY_CHAOS_APART';
const KINDS = ['--net', '--mount', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** The first process of its own process namespace: when it ends, the kernel ends all others in it, and with them go their network
 *  namespaces and the folders that were mounted for them. It has to stay, to collect the processes whose parents were killed. */
const FIRST = `
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
"$@"
exit $?
`;

const program = fileURLToPath(new URL('./command.js', import.meta.url));

export const isApart = env[MARK] === '1';

/** Why this machine can't hold network namespaces, or null. */
export const withoutNamespaces = (): string | null => {
  if (platform !== 'linux') return 'network namespaces are a part of Linux';
  if (getuid?.() !== 0) return 'only root may make network namespaces';
  const probe = 'ip link add probe type veth && ip link add bridge type bridge';
  const { status, error, stderr } = spawnSync('unshare', [...KINDS, 'sh', '-c', probe], { encoding: 'utf8' });
  if (status === 0) return null;
  return `network namespaces can’t be made here (util-linux and iproute2 are needed): ${error?.message ?? stderr.trim()}`;
};

/** Runs this very command again, with networks, processes and temporary folders of its own, and returns its exit code. However either
 *  of the two processes ends, nothing of it is left. */
export const runApart = async (): Promise<number> => {
  const child: ChildProcess = spawn(
    'unshare',
    [...KINDS, 'sh', '-c', FIRST, 'sh', execPath, program, ...argv.slice(2)],
    {
      env: { ...env, [MARK]: '1', TMPDIR: '/dev/shm' },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      child.disconnect();
    });
  return await new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
};

/** For the process that runs apart: ends with the one that started it. */
export const endWithParent = (): void => {
  process.on('disconnect', () => process.exit(1));
};
