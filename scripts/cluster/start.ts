import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../perf/machine/free-port.ts';
import { BrokerProcess } from '../../test/support/broker-process.ts';
import { PostgresServer } from '../../test/support/postgres-server.ts';
import { BALANCERS } from '../../test/support/proxy-kinds.ts';
import { ServerProcess, type Settings } from '../../test/support/server-process.ts';
import type { Scope } from '../../test/support/temp-dir.ts';
import { startProxy } from '../../test/support/tls-proxy.ts';
import { ExpectedError } from '../command.mjs';
import type { BrokerChoice, Choices } from './choices.ts';
import type { LastResort } from './last-resort.ts';
import { roundRobin } from './round-robin.ts';

export const DRAIN_S = 5;
/** What a host takes, and some for whoever looks at the database. */
const CONNECTIONS_PER_HOST = 40;
const KEY_BYTES = 32;

export interface RunningHost {
  readonly name: string;
  readonly server: ServerProcess;
}

export interface Cluster {
  /** The address to open. */
  readonly url: string;
  readonly hosts: readonly RunningHost[];
  readonly database: PostgresServer;
}

const startBroker = async (scope: Scope, broker: BrokerChoice): Promise<string> => {
  if (broker === 'nats') {
    const options = (port: string): string[] => ['-a', '127.0.0.1', '-p', port];
    const { port } = await BrokerProcess.start(scope, 'nats-server', options);
    return `nats://127.0.0.1:${String(port)}`;
  }
  if (broker === 'redis') {
    const options = (port: string, folder: string): string[] => [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      folder,
    ];
    const { port } = await BrokerProcess.start(scope, 'redis-server', options);
    return `redis://127.0.0.1:${String(port)}`;
  }
  return broker;
};

const assertFree = async (port: number): Promise<void> => {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', () => {
      reject(new ExpectedError(`Port ${String(port)} cannot be used: choose another one with --port.`));
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
};

const newKey = (): string => randomBytes(KEY_BYTES).toString('hex');

/** Starts everything, one part after the other; whatever has been started by then ends with the scope. */
export const startCluster = async (
  scope: Scope,
  folder: string,
  { hosts: count, broker, balancer, port: wanted }: Choices,
  lastResort: LastResort,
): Promise<Cluster> => {
  if (wanted !== 0) await assertFree(wanted);
  const port = wanted === 0 ? await freePort() : wanted;
  const connections = String(CONNECTIONS_PER_HOST * (count + 1));
  const database = await PostgresServer.start(scope, { max_connections: connections });
  const settings: Settings = {
    PARLEY_DATABASE_URL: database.url(),
    PARLEY_BROKER_URL: await startBroker(scope, broker),
    PARLEY_JWT_SECRET: newKey(),
    PARLEY_REFRESH_SECRET: newKey(),
    PARLEY_DRAIN_S: String(DRAIN_S),
    PARLEY_SHARDS: '1',
    PARLEY_DATABASE_POOL: '4',
    PARLEY_LOG_LEVEL: 'warn',
    ...(balancer !== 'none' && { PARLEY_TRUST_PROXY: '127.0.0.1' }),
  };
  const hosts: RunningHost[] = [];
  for (let i = 1; i <= count; i += 1) {
    const name = `host-${String(i)}`;
    const dataDir = join(folder, name);
    mkdirSync(dataDir, { mode: 0o700 });
    const server = await ServerProcess.start(scope, { ...settings, PARLEY_NODE_NAME: name }, dataDir);
    lastResort.add(server.run.pid);
    hosts.push({ name, server });
  }
  const servers = hosts.map(({ server }) => server);
  if (balancer === 'none') await roundRobin(scope, port, servers);
  else {
    const upstreams = servers.map(({ url }) => new URL(url).host);
    const { pid } = await startProxy(scope, BALANCERS[balancer], { port, upstreams, certificates: null });
    lastResort.add(pid, 'stop');
  }
  return { url: `http://127.0.0.1:${String(port)}`, hosts, database };
};
