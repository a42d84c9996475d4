import { setTimeout as sleep } from 'node:timers/promises';
import { makeTexts } from '../load/texts.ts';
import { runLoad } from '../load/run-load.ts';
import type { LoadUser, LoadSpec } from '../load/spec.ts';
import { median } from '../report/statistics.ts';
import { startParley } from '../servers/targets.ts';
import { seedAccounts, seedMessages } from '../servers/seed.ts';
import { inFolder, type Running } from '../servers/server.ts';
import type { Benchmark } from './benchmark.ts';
import { goal } from './load-tables.ts';

const PAIRS = 200;
const LOAD_MS = 3_000;

const isReady = async ({ host, port }: Running): Promise<boolean> =>
  (await fetch(`http://${host}:${port}/readyz`)).status === 200;

/** From the spawn of the process to the first 200 of `/readyz`. */
const timeToReady = async (
  dir: string,
): Promise<{ server: Running; listeningMs: number; readyMs: number }> => {
  const started = performance.now();
  const server = await startParley(dir);
  while (!(await isReady(server))) await sleep(5);
  return { server, listeningMs: server.startMs, readyMs: performance.now() - started };
};

/** The generator's run ends with the server it ran against; what it has to say about that is known. */
const killUnderLoad = async (server: Running, accounts: readonly LoadUser[]): Promise<void> => {
  const { host, port, pid } = server;
  const spec: LoadSpec = {
    ...{ host, port, pid, accounts, workers: 1, bytes: 200, warmUpS: 1, windowS: 60 },
    ...{ receipts: 'gathered', wire: 'envelopes' },
    pace: { kind: 'closed', inFlight: 4 },
  };
  const load = runLoad(spec, { output: 'ignore' }).then(
    () => 'ended by itself',
    () => 'cut',
  );
  await sleep(LOAD_MS);
  await server.stop('SIGKILL');
  if ((await load) !== 'cut') throw new Error('the load was over before the kill');
};

/** After the worst of ends. */
export const readiness: Benchmark = {
  id: 'readiness',
  title: 'Ready again after `kill -9`',
  measure: ({ quick, said }) =>
    inFolder(async (dir) => {
      const total = quick ? 10_000 : 100_000;
      const accounts = await seedAccounts(dir, PAIRS);
      const texts = makeTexts(1_000, 200);
      seedMessages(dir, total, (i) => ({
        from: accounts[i % PAIRS]!.userId,
        to: accounts[(i + 1) % PAIRS]!.userId,
        content: texts[i % texts.length]!,
      }));
      let { server } = await timeToReady(dir);
      const rounds: { listeningMs: number; readyMs: number }[] = [];
      for (let round = 0; round < (quick ? 2 : 5); round += 1) {
        await killUnderLoad(server, accounts);
        const again = await timeToReady(dir);
        server = again.server;
        rounds.push(again);
        said(`  ready after ${again.readyMs.toFixed(0)} ms`);
      }
      await server.stop();
      const ready = rounds.map(({ readyMs }) => readyMs / 1000);
      return {
        how: `${total.toLocaleString('en')} messages are stored. After three seconds of load from ${PAIRS} connections, the server is killed with \`kill -9\` and started again. Measured from the start of the new process to \`listening\`, and to the first 200 of \`/readyz\`. ${rounds.length} rounds; the load of each adds about ten thousand messages.`,
        goals: [goal('ready after kill -9 with 100,000 messages stored', ready, 's', 'at most', 1)],
        tables: [
          {
            columns: ['to `listening`, median ms', 'to ready, median ms'],
            rows: [[median(rounds.map(({ listeningMs }) => listeningMs)), median(ready) * 1000]],
          },
        ],
      };
    }),
};
