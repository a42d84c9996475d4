import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runIdleFleet } from './load/run-idle-fleet.ts';
import type { IdleFleetResult, LoadUser } from './load/spec.ts';
import { readMemory } from './machine/memory.ts';
import { cpuUs, withHosts } from './servers/hosts.ts';
import { PostgresHost } from './servers/postgres.ts';
import type { Running } from './servers/server.ts';

/** `npm run perf:idle-hosts -- URL [--connections N] [--hosts N] [--seconds N] [--broker URL]`: authenticated connections that say nothing,
 *  over several hosts on one PostgreSQL: how fast they come, what each takes, what all of it costs at rest; then one host is killed, and
 *  its users come back to the others at once. URL: as for `perf:hosts`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '20' },
    broker: { type: 'string', default: 'postgres' },
  },
});
const [url] = positionals;
if (url === undefined)
  throw new Error('Which PostgreSQL? npm run perf:idle-hosts -- postgres://user@host/postgres');
const database = new PostgresHost(url);
const [connections, count, windowS] = [values.connections, values.hosts, values.seconds].map(Number) as [
  number,
  number,
  number,
];
/** For the last writes, and for V8 to clear away what the handshakes left. */
const SETTLE_MS = 25_000;
const LOOK_MS = 50;
const AT_ONCE = 64;
/** Of the 20,000 that a process may have here, without its files and its connections to the database. */
const SOCKETS_PER_HOST = 19_900;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const awayText = ({ sentAway }: IdleFleetResult): string =>
  sentAway === 0 ? '' : `, sent away ${String(sentAway)} times`;

interface Share {
  readonly server: Running;
  readonly accounts: readonly LoadUser[];
}

const shared = (servers: readonly Running[], accounts: readonly LoadUser[]): readonly Share[] => {
  const each = Math.ceil(accounts.length / servers.length);
  return servers.map((server, at) => ({ server, accounts: accounts.slice(at * each, (at + 1) * each) }));
};

const stay = <T>({ server, accounts }: Share, use: (arrival: IdleFleetResult) => Promise<T>): Promise<T> =>
  runIdleFleet({ host: server.host, port: server.port, accounts, atOnce: AT_ONCE }, use);

/** Lets everybody arrive, host after host, and calls `use` while all stay. */
const withAll = async (shares: readonly Share[], use: () => Promise<void>): Promise<void> => {
  const [first, ...others] = shares;
  if (first === undefined) {
    await use();
    return;
  }
  await stay(first, async (arrival) => {
    say(`  ${String(first.accounts.length)} in after ${seconds(arrival.ms)}${awayText(arrival)}`);
    await withAll(others, use);
  });
};

const atRest = async (servers: readonly Running[]): Promise<void> => {
  const [cpu, databaseCpu, started] = [cpuUs(servers), database.cpuUs(), performance.now()];
  await sleep(windowS * 1000);
  const us = (performance.now() - started) * 1000;
  const [parley, postgres] = [cpuUs(servers) - cpu, database.cpuUs() - databaseCpu];
  const cores = (spent: number): string => (spent / us).toFixed(3);
  say(`at rest: ${cores(parley)} cores for all hosts, ${cores(postgres)} for PostgreSQL`);
};

const hostsSeenAt = async (metricsPort: number): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`);
  const hosts = /^parley_hosts\S* (\d+)$/m.exec(await answer.text())?.[1];
  if (hosts === undefined) throw new Error('the metrics of a host do not say how many hosts there are');
  return Number(hosts);
};

/** Kills the last host, and brings its users to the others. */
const afterDeath = async (shares: readonly Share[], [witness]: readonly number[]): Promise<void> => {
  const [dead, ...living] = [...shares].reverse();
  if (dead === undefined || witness === undefined) return;
  const room = living.reduce((sum, { accounts }) => sum + SOCKETS_PER_HOST - accounts.length, 0);
  const homeless = dead.accounts.slice(0, room);
  const started = performance.now();
  await dead.server.stop('SIGKILL');
  const noticed = (async () => {
    while ((await hostsSeenAt(witness)) >= count) await sleep(LOOK_MS);
    say(`killed: given up by the others after ${seconds(performance.now() - started)}`);
  })();
  const servers = living.map(({ server }) => server);
  const cpu = cpuUs(servers);
  await Promise.all(
    shared(servers, homeless).map((share) =>
      stay(share, (arrival) => {
        const after = seconds(performance.now() - started);
        say(`killed: ${String(share.accounts.length)} back after ${after}${awayText(arrival)}`);
        return Promise.resolve();
      }),
    ),
  );
  await noticed;
  const each = (cpuUs(servers) - cpu) / homeless.length;
  say(`killed: ${each.toFixed(0)} µs of CPU for each who came back`);
};

await withHosts(
  { database, count, users: connections, broker: values.broker },
  async ({ servers, metricsPorts, accounts }) => {
    const rssOf = (): number => servers.reduce((sum, { pid }) => sum + readMemory(pid).rss, 0);
    const empty = rssOf();
    const shares = shared(servers, accounts);
    await withAll(shares, async () => {
      await sleep(SETTLE_MS);
      say(`memory for each connection, RSS: ${((rssOf() - empty) / connections).toFixed(2)} KiB`);
      await atRest(servers);
      await afterDeath(shares, metricsPorts);
    });
  },
);
