import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, platform } from 'node:process';

/** Servers stand where an ordinary user's PATH does not look. */
const FOLDERS = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

export type BrokerProgram = 'nats-server' | 'redis-server';

export const brokerProgram = (name: BrokerProgram): string | null =>
  FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;

/** `skip` of tests that start such a broker: false, or why they can't run, which is an error on Linux in continuous integration. */
export const withoutBroker = (name: BrokerProgram): string | false => {
  if (brokerProgram(name) !== null) return false;
  const reason = `not run: ${name} is not installed`;
  if ((env['CI'] ?? '') !== '' && platform === 'linux') throw new Error(reason);
  console.error(`\n*** ${reason} ***\n`);
  return reason;
};
