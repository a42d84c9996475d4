import type { BrokerProcess } from '../support/broker-process.ts';
import { pause } from '../support/deadline.ts';
import { seconds, type Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const AWAY_MS = [0, 4_000] as const;
const FROZEN_MS = [300, 5_000] as const;

const cantRun: Fault['cantRun'] = ({ broker }) =>
  broker.process === null ? 'there is no broker beside the database' : null;
const brokerOf = ({ cluster }: Scene): BrokerProcess => {
  const { process } = cluster.broker;
  if (process === null) throw new Error('there is no broker beside the database');
  return process;
};

const killBroker: Fault = {
  name: 'kill-broker',
  part: 'broker',
  cantRun,
  async strike({ scene, random, note }) {
    const broker = brokerOf(scene);
    const ms = random.between(...AWAY_MS);
    note(`the broker killed, away for ${seconds(ms)}`);
    await broker.crash();
    await pause(ms);
    await broker.start();
  },
};

const freezeBroker: Fault = {
  name: 'freeze-broker',
  part: 'broker',
  cantRun,
  async strike({ scene, random, note }) {
    const broker = brokerOf(scene);
    const ms = random.between(...FROZEN_MS);
    note(`the broker frozen for ${seconds(ms)}`);
    broker.freeze();
    await pause(ms);
    broker.thaw();
  },
};

export const BROKER_FAULTS: readonly Fault[] = [killBroker, freezeBroker];
