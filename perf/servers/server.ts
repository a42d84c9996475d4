import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnScript, type SpawnOptions } from '../machine/spawn.ts';

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

/** Starts a server and waits for its log line `listening`. */
export const startServer = async (script: string, options: SpawnOptions): Promise<Running> => {
  const started = performance.now();
  const child = spawnScript(script, { ...options, output: 'pipe' });
  const words: string[] = [];
  const url = await listening(child, words);
  return {
    pid: child.pid ?? 0,
    host: url.hostname,
    port: Number(url.port),
    startMs: performance.now() - started,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
    lastWords: () => {
      const { exitCode, signalCode } = child;
      const end = exitCode ?? signalCode;
      return `${words.join('\n')}\n${end === null ? 'It is still running.' : `It ended: ${end}.`}`;
    },
  };
};

const WORDS_KEPT = 20;

/** Both outputs are read to the end: a server whose pipe is full stops. The last lines are kept in `words`. */
const listening = (child: ChildProcess, words: string[]): Promise<URL> =>
  new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) throw new Error('the server has no pipes');
      createInterface({ input: stream }).on('line', (line) => {
        words.push(line.slice(0, 1_000));
        if (words.length > WORDS_KEPT) words.shift();
        const { msg, url } = line.startsWith('{') ? (JSON.parse(line) as { msg?: string; url?: string }) : {};
        if (msg === 'listening') resolve(new URL(String(url)));
      });
    }
    child.once('close', (code, signal) => {
      reject(
        new Error(`a server ended before it listened (${String(code ?? signal)}):\n${words.join('\n')}`),
      );
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
