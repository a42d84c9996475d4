import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMemory, type Memory } from '../machine/memory.ts';
import { root } from '../machine/root.ts';
import { cleanEnvironment } from '../machine/spawn.ts';
import { median } from '../report/statistics.ts';
import { inFolder } from '../servers/server.ts';
import type { Benchmark } from './benchmark.ts';
import { goal } from './load-tables.ts';

/** V8 gives back what the start took about eight seconds later. */
const IDLE_MS = 15_000;

interface Start {
  readonly listeningMs: number;
  readonly memory: Memory;
}

/** `npm` runs the server as its only child. */
const serverOf = (npm: number): number =>
  Number(readFileSync(`/proc/${npm}/task/${npm}/children`, 'utf8').trim().split(' ')[0]);

/** What a person types, to the line that says it listens. */
const npmStart = async (dir: string): Promise<Start> => {
  const started = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...cleanEnvironment(), PARLEY_PORT: '0', PARLEY_DATA_DIR: dir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const listeningMs = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"msg":"listening"')) resolve(performance.now() - started);
    });
    void ended.then(() => {
      reject(new Error('npm start ended before it listened'));
    });
  });
  await sleep(IDLE_MS);
  const server = serverOf(child.pid ?? 0);
  const memory = readMemory(server);
  process.kill(server, 'SIGTERM');
  await ended;
  return { listeningMs, memory };
};

export const startUp: Benchmark = {
  id: 'start-up',
  title: 'Second `npm start`, and the idle server',
  measure: ({ quick, said }) =>
    inFolder(async (dir) => {
      await npmStart(dir);
      const starts: Start[] = [];
      for (let round = 0; round < (quick ? 1 : 5); round += 1) {
        const start = await npmStart(dir);
        starts.push(start);
        said(`  ${start.listeningMs.toFixed(0)} ms, ${(start.memory.rss / 1024).toFixed(0)} MiB`);
      }
      const seconds = starts.map(({ listeningMs }) => listeningMs / 1000);
      const rss = starts.map(({ memory }) => memory.rss / 1024);
      return {
        how: `\`npm start\` with everything built and a data directory that was used before. Measured from the command to the log line \`listening\`, including the start of npm. Memory of the server’s process ${IDLE_MS / 1000} s later. ${starts.length} starts.`,
        goals: [
          goal('second npm start to listening', seconds, 's', 'at most', 1),
          goal('memory of the idle server, RSS', rss, 'MiB', 'at most', 120),
        ],
        tables: [
          {
            columns: ['to `listening`, median ms', 'RSS MiB', 'PSS MiB'],
            rows: [
              [median(seconds) * 1000, median(rss), median(starts.map(({ memory }) => memory.pss / 1024))],
            ],
          },
        ],
      };
    }),
};
