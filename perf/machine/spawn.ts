import { spawn, type ChildProcess } from 'node:child_process';

/** Where and how a process of a run is started. */
export interface Placement {
  /** CPUs as taskset names them (`0`, `0,1`); unset: wherever the scheduler likes. */
  readonly cpus?: string;
  /** A library that is loaded before all others. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface SpawnOptions extends Placement {
  /** For Node, before the script. */
  readonly flags?: readonly string[];
  readonly cwd?: string;
  /** Both of its outputs. */
  readonly output?: 'pipe' | 'inherit' | 'ignore';
}

/** Whatever ends this process, ends what it started. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Environment without what belongs to us: a server under test reads only what its run gives it. */
export const cleanEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_')));

/** Starts a compiled script under Node, with a channel for messages. Its process id is the script's own: taskset gives way to it. */
export const spawnScript = (script: string, options: SpawnOptions = {}): ChildProcess => {
  const { cpus, preload, env = {}, cwd, output = 'inherit', flags = [] } = options;
  const node = [process.execPath, ...flags, script];
  const [command = '', ...args] = cpus === undefined ? node : ['taskset', '-c', cpus, ...node];
  const child = spawn(command, args, {
    env: { ...cleanEnvironment(), ...env, ...(preload === undefined ? {} : { LD_PRELOAD: preload }) },
    stdio: ['ignore', output, output, 'ipc'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
};
