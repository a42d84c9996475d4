import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnProgram, spawnScript, type ScriptOptions, type SpawnOptions } from '../machine/spawn.ts';

/** A server under test, running. */
export interface Running {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** Milliseconds from spawn to the line `listening`. */
  readonly startMs: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** The last lines it printed, and how it ended: for whoever has to say why a run failed. */
  lastWords(): string;
}

/** Starts a server of Node's and waits for its log line `listening`. */
export const startServer = async (script: string, options: ScriptOptions): Promise<Running> => {
  const started = performance.now();
  const child = spawnScript(script, { ...options, output: 'pipe' });
  const words: string[] = [];
  const url = await new Promise<URL>((resolve, reject) => {
    hearOut(child, words, (line) => {
      const { msg, url } = line.startsWith('{') ? (JSON.parse(line) as { msg?: string; url?: string }) : {};
      if (msg === 'listening') resolve(new URL(String(url)));
    }).catch(reject);
  });
  return asRunning(child, words, { host: url.hostname, port: Number(url.port), started });
};

/** Starts a program that says nothing, and waits until it answers at its port. */
export const startProgram = async (
  program: readonly string[],
  place: { readonly host: string; readonly port: number },
  options: SpawnOptions,
): Promise<Running> => {
  const started = performance.now();
  const child = spawnProgram(program, { ...options, output: 'pipe' });
  const words: string[] = [];
  try {
    await Promise.race([hearOut(child, words), answers(place, child, words)]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return asRunning(child, words, { ...place, started });
};

const LOOK_MS = 50;
const PATIENCE_MS = 30_000;

/** Waits for a port to answer, as long as its server lives. */
const answers = async (
  place: { readonly host: string; readonly port: number },
  child: ChildProcess,
  words: readonly string[],
): Promise<void> => {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || performance.now() > until) {
      throw new Error(`nothing answers at port ${place.port}:\n${words.join('\n')}`);
    }
    const socket = connect(place);
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await sleep(LOOK_MS);
  }
};

const asRunning = (
  child: ChildProcess,
  words: readonly string[],
  { host, port, started }: { readonly host: string; readonly port: number; readonly started: number },
): Running => ({
  pid: child.pid ?? 0,
  host,
  port,
  startMs: performance.now() - started,
  async stop(signal = 'SIGTERM') {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(late);
  },
  lastWords: () => {
    const { exitCode, signalCode } = child;
    const end = exitCode ?? signalCode;
    return `${words.join('\n')}\n${end === null ? 'It is still running.' : `It ended: ${end}.`}`;
  },
});

const WORDS_KEPT = 20;

/** Both outputs are read to the end: a server whose pipe is full stops. The last lines are kept in `words`. Rejects when it ends. */
const hearOut = (
  child: ChildProcess,
  words: string[],
  heard: (line: string) => void = () => undefined,
): Promise<never> =>
  new Promise((_, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) throw new Error('the server has no pipes');
      createInterface({ input: stream }).on('line', (line) => {
        words.push(line.slice(0, 1_000));
        if (words.length > WORDS_KEPT) words.shift();
        heard(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      reject(new Error(`a server ended early (${String(code ?? signal)}):\n${words.join('\n')}`));
    });
  });

/** Runs `work` in a folder of its own, which is gone afterwards. */
export const inFolder = async <T>(work: (dir: string) => Promise<T>): Promise<T> => {
  const dir = mkdtempSync(join(tmpdir(), 'parley-perf-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
};
