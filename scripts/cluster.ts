import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pause } from '../test/support/deadline.ts';
import { removeDir } from '../test/support/temp-dir.ts';
import { chosen, type Choices } from './cluster/choices.ts';
import { LastResort } from './cluster/last-resort.ts';
import { DRAIN_S, startCluster, type Cluster, type RunningHost } from './cluster/start.ts';
import { main } from './command.mjs';
import { log } from './log.mjs';

/** `npm run cluster [-- --hosts 3 --broker postgres|nats|redis|none --balancer nginx|caddy|haproxy|none --port 8080]`: several hosts with a
 *  PostgreSQL and a broker of their own and a load balancer in front, in a temporary folder, to try what docs/scale.md says. Ctrl-C stops
 *  everything and removes the folder. */
const AGAIN_AFTER_S = 10;
const LOOK_EVERY_MS = 500;

/** Resolves when somebody wants this to end, or when whoever started it is gone. */
const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        resolve();
      });
    const starter = process.ppid;
    setInterval(() => {
      if (process.ppid !== starter) resolve();
    }, LOOK_EVERY_MS);
  });

const BROKER_WORDS = {
  postgres: 'PostgreSQL',
  nats: 'nats-server',
  redis: 'redis-server',
  none: 'none: hosts compare with the database every two seconds',
} as const;

const describe = ({ url, hosts, database }: Cluster, { broker, balancer }: Choices): string => {
  const [first] = hosts;
  const pid = String(first?.server.run.pid);
  const tries = [
    [`kill -9 ${pid}`, `a host dies; it starts again after ${String(AGAIN_AFTER_S)} s`],
    [`kill ${pid}`, `a host stops, and sends its users away over ${String(DRAIN_S)} s`],
    [`kill -STOP ${pid}`, `a host freezes; kill -CONT ${pid} wakes it`],
    [`curl ${first?.server.url ?? ''}/readyz`, 'what the load balancer asks'],
    [`PARLEY_DATA_DIR=${first?.server.dataDir ?? ''} npm run -s parley -- status`, 'which hosts there are'],
    [`psql -h ${database.folder} -U parley postgres`, 'the database'],
  ];
  return `
  Parley runs on ${String(hosts.length)} hosts. Open ${url} in two browsers.

  load balancer: ${balancer === 'none' ? 'turns, without TLS' : `${balancer}, with its file in deploy/cluster/, without TLS`}
  broker: ${BROKER_WORDS[broker]}
${hosts.map(({ name, server }) => `  ${name}: ${server.url}, process ${String(server.run.pid)}`).join('\n')}

  What to try, while both write to each other:
${tries.map(([command, what]) => `    ${String(command)}\n        ${String(what)}`).join('\n')}

  Ctrl-C stops everything and removes it.
`;
};

/** A host that has ended starts again after a while, as systemd would do it. */
const keep = async (
  { name, server }: RunningHost,
  isOver: () => boolean,
  lastResort: LastResort,
): Promise<void> => {
  while (!isOver()) {
    const { code, signal } = await server.run.exited;
    if (isOver()) return;
    log(`  ${name} has ended (${signal ?? String(code)}). It starts again in ${String(AGAIN_AFTER_S)} s.`);
    await pause(AGAIN_AFTER_S * 1000);
    if (isOver()) return;
    await server.restart();
    lastResort.add(server.run.pid);
    log(`  ${name} is back, as process ${String(server.run.pid)}.`);
  }
};

await main(async () => {
  const choices = chosen(process.argv.slice(2));
  for (const note of choices.notes) log(`  ${note}`);
  const folder = mkdtempSync(join(tmpdir(), 'parley-cluster-'));
  // The workers of a balancer have fewer rights. What the hosts store is in folders that are closed to them.
  chmodSync(folder, 0o755);
  // Everything that is made from now on lies there.
  process.env['TMPDIR'] = folder;
  const lastResort = new LastResort(folder);
  const ends: (() => void | Promise<void>)[] = [];
  const scope = { after: (end: () => void | Promise<void>) => ends.unshift(end) };
  const state = { isOver: false };
  const told = toldToStop().then(() => {
    state.isOver = true;
    log('  Stopping …');
  });
  try {
    const cluster = await startCluster(scope, folder, choices, lastResort);
    for (const host of cluster.hosts)
      keep(host, () => state.isOver, lastResort).catch((error: unknown) => {
        if (!state.isOver) log(`  ${host.name} does not start again: ${String(error)}`);
      });
    log(describe(cluster, choices));
    await told;
  } catch (error) {
    // Ctrl-C has ended what was starting, too.
    if (!state.isOver) throw error;
  } finally {
    state.isOver = true;
    for (const end of ends) await end();
    removeDir(folder);
    lastResort.end();
  }
});
// A host that was about to start again would keep this process.
process.exit();
