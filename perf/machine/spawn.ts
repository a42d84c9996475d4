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
  readonly cwd?: string;
  /** Both of its outputs. */
  readonly output?: 'pipe' | 'inherit' | 'ignore';
}

export interface ScriptOptions extends SpawnOptions {
  /** For Node, before the script. */
  readonly flags?: readonly string[];
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

/** Starts a compiled script under Node, with a channel for messages. */
export const spawnScript = (script: string, { flags = [], ...options }: ScriptOptions = {}): ChildProcess =>
  spawnProgram([process.execPath, ...flags, script], { ...options, channel: true });

/** Starts a program by its words. Its process id is the program's own: taskset gives way to it. */
export const spawnProgram = (
  words: readonly string[],
  {
    cpus,
    preload,
    env = {},
    cwd,
    output = 'inherit',
    channel = false,
  }: SpawnOptions & { readonly channel?: boolean },
): ChildProcess => {
  const [command = '', ...args] = cpus === undefined ? words : ['taskset', '-c', cpus, ...words];
  const child = spawn(command, args, {
    env: { ...cleanEnvironment(), ...env, ...(preload === undefined ? {} : { LD_PRELOAD: preload }) },
    stdio: ['ignore', output, output, ...(channel ? (['ipc'] as const) : [])],
    ...(cwd === undefined ? {} : { cwd }),
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
};
