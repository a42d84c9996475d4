import { BrokerProcess } from '../support/broker-process.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { Machine } from './network.ts';

export const BROKERS = ['postgres', 'nats', 'redis', 'none'] as const;
export type BrokerKind = (typeof BROKERS)[number];

/** A broker on a machine of its own, and how hosts are told of it. `process` is null where there is nothing to kill. */
export interface BrokerMachine {
  readonly kind: BrokerKind;
  readonly url: string;
  readonly process: BrokerProcess | null;
}

export const startBroker = async (
  scope: Scope,
  kind: BrokerKind,
  { address, namespace }: Machine,
): Promise<BrokerMachine> => {
  if (kind === 'postgres' || kind === 'none') return { kind, url: kind, process: null };
  const options = {
    nats: (port: string) => ['--addr', address, '--port', port],
    redis: (port: string, folder: string) => [
      ...['--bind', address, '--port', port, '--dir', folder, '--protected-mode', 'no'],
      ...['--save', '', '--appendonly', 'no'],
    ],
  }[kind];
  const program = kind === 'nats' ? 'nats-server' : 'redis-server';
  const process = await BrokerProcess.start(scope, program, options, namespace);
  return { kind, url: `${kind}://${address}:${String(process.port)}`, process };
};
