import { parseArgs } from 'node:util';
import { brokerProgram } from '../../test/support/broker-missing.ts';
import { postgresPrograms } from '../../test/support/postgres-server.ts';
import { programPath } from '../../test/support/tls-proxy.ts';
import { ExpectedError } from '../command.mjs';

const BROKERS = ['postgres', 'nats', 'redis', 'none'] as const;
const BALANCERS = ['nginx', 'caddy', 'haproxy', 'none'] as const;
export type BrokerChoice = (typeof BROKERS)[number];
type BalancerChoice = (typeof BALANCERS)[number];

export interface Choices {
  readonly hosts: number;
  readonly broker: BrokerChoice;
  readonly balancer: BalancerChoice;
  readonly port: number;
  /** What is not as it was asked for, and why. */
  readonly notes: readonly string[];
}

const MOST_HOSTS = 8;
const LAST_PORT = 65_535;
/** Names of programs, which are those of Debian's packages too. */
const PROGRAMS = { nats: 'nats-server', redis: 'redis-server' } as const;

const numberOf = (name: string, text: string, low: number, high: number): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= low && number <= high) return number;
  throw new ExpectedError(`--${name} is ${text}: give a number from ${String(low)} to ${String(high)}.`);
};

const oneOf = <T extends string>(name: string, text: string, choices: readonly T[]): T => {
  const found = choices.find((each) => each === text);
  if (found !== undefined) return found;
  throw new ExpectedError(`--${name} is ${text}: choose of ${choices.join(', ')}.`);
};

const missing = (program: string, instead: string): string =>
  `${program} is not installed (Debian: apt-get install ${program}); ${instead}.`;

const valuesOf = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        hosts: { type: 'string', default: '3' },
        broker: { type: 'string', default: 'postgres' },
        balancer: { type: 'string' },
        port: { type: 'string', default: '8080' },
      },
    }).values;
  } catch (error) {
    throw new ExpectedError(error instanceof Error ? error.message : String(error));
  }
};

/** The options of `npm run cluster`, with what is installed here in place of what is not. */
export const chosen = (args: readonly string[]): Choices => {
  const values = valuesOf(args);
  if (postgresPrograms === null)
    throw new ExpectedError(
      'PostgreSQL 15 or newer is not installed (Debian: apt-get install postgresql), and several hosts need it.',
    );
  const notes: string[] = [];
  let broker = oneOf('broker', values.broker, BROKERS);
  if ((broker === 'nats' || broker === 'redis') && brokerProgram(PROGRAMS[broker]) === null) {
    notes.push(missing(PROGRAMS[broker], 'PostgreSQL is the broker'));
    broker = 'postgres';
  }
  const installed = BALANCERS.find((each) => each !== 'none' && programPath(each) !== null);
  let balancer = oneOf('balancer', values.balancer ?? installed ?? 'none', BALANCERS);
  const instead = 'the hosts take turns instead, connection by connection';
  if (values.balancer === undefined && installed === undefined) notes.push(missing('nginx', instead));
  else if (balancer !== 'none' && programPath(balancer) === null) {
    notes.push(missing(balancer, instead));
    balancer = 'none';
  }
  return {
    hosts: numberOf('hosts', values.hosts, 1, MOST_HOSTS),
    broker,
    balancer,
    port: numberOf('port', values.port, 0, LAST_PORT),
    notes,
  };
};
