import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../server/runtime/clock.ts';
import { parseBroker, type Broker } from '../../server/notifier/broker-options.ts';
import type { NotifierOptions } from '../../server/notifier/open-notifier.ts';
import { notificationConnections } from '../../server/storage/postgres/notification-connection.ts';
import { BrokerProcess } from '../support/broker-process.ts';
import { withoutBroker, type BrokerProgram } from '../support/broker-missing.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import {
  bareDatabase,
  onServer,
  optionsOf,
  withoutOwnPostgres,
  withoutPostgres,
} from '../support/postgres.ts';
import type { Scope } from '../support/temp-dir.ts';

/** How a notifier reaches a broker. */
export type Way = Pick<NotifierOptions, 'broker' | 'connectToDatabase'>;

interface RunningBroker {
  readonly way: Way;
  /** With a password that is not right. */
  readonly wrongWay: Way;
  /** `kill -9`. */
  crash(): Promise<void>;
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export interface TestBroker {
  readonly name: string;
  readonly skip: string | false;
  /** Where nobody listens. */
  readonly nowhere: Way;
  /** One that other tests may use too, and that stays as it is. */
  share(scope: Scope): Promise<Way>;
  /** One of the test's own, with a login whose password has to be percent-encoded in a URL. */
  start(scope: Scope): Promise<RunningBroker>;
}

const PASSWORD = 'p@ss:w/rd%';
export const USER_AND_PASSWORD = `parley:${encodeURIComponent(PASSWORD)}`;

export const brokerOf = (text: string): Broker => {
  const parsed = parseBroker(text);
  if ('reason' in parsed) throw new Error(parsed.reason);
  return parsed.broker;
};

const noDatabase = (): never => {
  throw new Error('there is no database');
};
const wayTo = (url: string): Way => ({ broker: brokerOf(url), connectToDatabase: noDatabase });

const processBroker = (
  program: BrokerProgram,
  scheme: 'nats' | 'redis',
  options: (port: string, folder: string) => readonly string[],
): TestBroker => ({
  name: scheme,
  skip: withoutBroker(program),
  nowhere: wayTo(`${scheme}://127.0.0.1:1`),
  share: async (scope) => (await startProcess(scope, program, scheme, options)).way,
  start: (scope) => startProcess(scope, program, scheme, options),
});

const startProcess = async (
  scope: Scope,
  program: BrokerProgram,
  scheme: string,
  options: (port: string, folder: string) => readonly string[],
): Promise<RunningBroker> => {
  const broker = await BrokerProcess.start(scope, program, options);
  const at = `127.0.0.1:${String(broker.port)}`;
  return {
    way: wayTo(`${scheme}://${USER_AND_PASSWORD}@${at}`),
    wrongWay: wayTo(`${scheme}://parley:wrong@${at}`),
    crash: () => broker.crash(),
    start: () => broker.start(),
    freeze: () => {
      broker.freeze();
    },
    thaw: () => {
      broker.thaw();
    },
  };
};

const databaseWay = (url: string): Way => ({
  broker: { kind: 'postgres' },
  connectToDatabase: notificationConnections(optionsOf(url), systemClock),
});

/** Only the role that the tests administrate it with needs no password. */
const ACCESS = 'local all parley trust\nlocal all all scram-sha-256\n';

const startPostgres = async (scope: Scope): Promise<RunningBroker> => {
  const server = await PostgresServer.start(scope, {}, (folder) => {
    writeFileSync(join(folder, 'pg_hba.conf'), ACCESS);
  });
  await onServer(server.url(), `CREATE ROLE chat LOGIN PASSWORD '${PASSWORD}'`);
  const urlOf = (password: string): string =>
    server.url().replace('parley@', `chat:${encodeURIComponent(password)}@`);
  return {
    way: databaseWay(urlOf(PASSWORD)),
    wrongWay: databaseWay(urlOf('wrong')),
    crash: () => server.crash(),
    start: () => server.start(),
    freeze: () => {
      server.freeze();
    },
    thaw: () => {
      server.thaw();
    },
  };
};

const postgres: TestBroker = {
  name: 'postgres',
  skip: withoutPostgres || withoutOwnPostgres,
  nowhere: databaseWay('postgres://parley@/parley?host=/nowhere'),
  share: async (scope) => databaseWay(await bareDatabase(scope)),
  start: startPostgres,
};

export const TEST_BROKERS: readonly TestBroker[] = [
  postgres,
  processBroker('nats-server', 'nats', (port) => [
    ...['--addr', '127.0.0.1', '--port', port, '--user', 'parley', '--pass', PASSWORD],
  ]),
  processBroker('redis-server', 'redis', (port, folder) => [
    ...['--bind', '127.0.0.1', '--port', port, '--dir', folder, '--save', '', '--appendonly', 'no'],
    ...['--user', 'parley', 'on', `>${PASSWORD}`, '&*', '+@all', '--user', 'default', 'off'],
  ]),
];
