import { onPostgres, type Settings } from '../support/server-process.ts';
import type { Scope } from '../support/temp-dir.ts';
import { type BrokerKind, type BrokerMachine, startBroker } from './broker-machine.ts';
import { DatabasePair } from './database-pair.ts';
import type { Network } from './network.ts';
import { ParleyHost } from './parley-host.ts';

const HOSTS = ['host-1', 'host-2', 'host-3'] as const;
const DATABASES = ['database-1', 'database-2'] as const;
export const BROKER = 'broker';
export const MACHINES: readonly string[] = [...HOSTS, ...DATABASES, BROKER];

/** No limits that the load would run into, and short waits. */
const SETTINGS: Settings = {
  PARLEY_SHARDS: '1',
  PARLEY_DATABASE_POOL: '4',
  PARLEY_SIGNUPS_PER_HOUR: '0',
  PARLEY_SEND_RATE: '0',
  PARLEY_SEND_BURST: '0',
  PARLEY_ACCESS_TTL_S: '86400',
  PARLEY_HEARTBEAT_S: '4',
  PARLEY_DRAIN_S: '1',
};

/** Three hosts, two databases and a broker. */
export interface Cluster {
  readonly network: Network;
  readonly hosts: readonly ParleyHost[];
  readonly database: DatabasePair;
  readonly broker: BrokerMachine;
}

export interface ClusterOptions {
  readonly broker: BrokerKind;
  /** Whether a commit waits for the standby; not so in a control run. */
  readonly isSynchronous: boolean;
}

export const startCluster = async (
  scope: Scope,
  network: Network,
  options: ClusterOptions,
): Promise<Cluster> => {
  const [first, second] = [network.at(DATABASES[0]), network.at(DATABASES[1])];
  const database = await DatabasePair.start(scope, [first, second], options.isSynchronous);
  const broker = await startBroker(scope, options.broker, network.at(BROKER));
  const addresses = [first, second].map(({ address }) => `${address}:5432`).join(',');
  const settings = {
    ...SETTINGS,
    ...onPostgres(`postgres://parley@${addresses}/postgres?sslmode=disable`),
    PARLEY_BROKER_URL: broker.url,
  };
  const hosts: ParleyHost[] = [];
  const [one, ...others] = HOSTS;
  const start = (name: string): Promise<ParleyHost> => ParleyHost.start(scope, network.at(name), settings);
  // The first one makes the tables.
  hosts.push(await start(one));
  hosts.push(...(await Promise.all(others.map(start))));
  return { network, hosts, database, broker };
};
