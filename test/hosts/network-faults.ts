import { pause } from '../support/deadline.ts';
import { BROKER } from './cluster.ts';
import { seconds, type Blow, type Fault } from './fault.ts';
import { CLIENTS } from './network.ts';

const CUT_MS = [500, 4_500] as const;
const LONG_MS = [6_500, 8_500] as const;
const LONG_SHARE = 0.2;
const POOR_MS = [1_500, 4_000] as const;
const DELAY_MS = [10, 120] as const;
const LOSS_PERCENT = [1, 12] as const;
/** Where the kernel can't lose packets at random: the line is cut for moments, again and again. */
const MOMENT_MS = [10, 90] as const;
const BETWEEN_MS = [40, 220] as const;

const needsBroker: Fault['cantRun'] = ({ broker }) =>
  broker.process === null ? 'there is no broker with a machine of its own' : null;

/** Cuts a host off from some machines, and heals the lines. */
const cutFor = async ({ scene, host }: Blow, from: readonly string[], ms: number): Promise<void> => {
  const { network } = scene.cluster;
  await Promise.all(from.map((each) => network.cutBoth(host.name, each)));
  await pause(ms);
  await Promise.all(from.map((each) => network.healBoth(host.name, each)));
};

const cutMs = ({ random }: Blow): number =>
  random.chance(LONG_SHARE) ? random.between(...LONG_MS) : random.between(...CUT_MS);

const cutFromBroker: Fault = {
  name: 'cut-host-broker',
  part: 'host',
  cantRun: needsBroker,
  async strike(blow) {
    const ms = cutMs(blow);
    blow.note(`${blow.host.name} cut off from the broker for ${seconds(ms)}`);
    await cutFor(blow, [BROKER], ms);
  },
};

/** The host lives and can say nothing: for the others it is dead. */
const cutFromDatabase: Fault = {
  name: 'cut-host-database',
  part: 'host',
  async strike(blow) {
    const { scene, host, other, isAlone, note } = blow;
    const { primaryMachine, standbyMachine } = scene.cluster.database;
    const databases = [primaryMachine.name, standbyMachine.name];
    const ms = cutMs(blow);
    const isWatched = isAlone && ms >= LONG_MS[0];
    note(`${host.name} cut off from the database for ${seconds(ms)}${isWatched ? ', its user watched' : ''}`);
    if (!isWatched) {
      await cutFor(blow, databases, ms);
      return;
    }
    let cut: Promise<void> = Promise.resolve();
    await scene.lone.watch(host, other, () => {
      cut = cutFor(blow, databases, ms);
    });
    await cut;
  },
};

const cutFromClients: Fault = {
  name: 'cut-host-clients',
  part: 'host',
  async strike(blow) {
    const ms = cutMs(blow);
    blow.note(`${blow.host.name} cut off from the clients for ${seconds(ms)}`);
    await cutFor(blow, [CLIENTS], ms);
  },
};

const cutOneWay: Fault = {
  name: 'cut-one-way',
  part: 'host',
  async strike({ scene, random, host, note }) {
    const { network, database, broker } = scene.cluster;
    const peers = [database.primaryMachine.name, CLIENTS, ...(broker.process === null ? [] : [BROKER])];
    const peer = random.pick(peers);
    const [from, to] = random.chance(0.5) ? [host.name, peer] : [peer, host.name];
    const ms = random.between(...CUT_MS);
    note(`nothing from ${from} to ${to} for ${seconds(ms)}`);
    await network.cut(from, to);
    await pause(ms);
    await network.heal(from, to);
  },
};

const poorLine: Fault = {
  name: 'poor-line',
  part: 'host',
  async strike({ scene, random, host, note }) {
    const { network, database } = scene.cluster;
    const ms = random.between(...POOR_MS);
    if (network.canDelay) {
      const [delay, loss] = [random.between(...DELAY_MS), random.between(...LOSS_PERCENT)];
      note(`${host.name} loses ${String(loss)} % and is ${String(delay)} ms late for ${seconds(ms)}`);
      await network.delay(host.name, delay, loss);
      await pause(ms);
      await network.endDelay(host.name);
      return;
    }
    note(`the lines of ${host.name} cut for moments for ${seconds(ms)}`);
    const peers = [CLIENTS, BROKER, database.primaryMachine.name, database.standbyMachine.name];
    for (const since = performance.now(); performance.now() - since < ms;) {
      const peer = random.pick(peers);
      const [from, to] = random.chance(0.5) ? [host.name, peer] : [peer, host.name];
      await network.cut(from, to);
      await pause(random.between(...MOMENT_MS));
      await network.heal(from, to);
      await pause(random.between(...BETWEEN_MS));
    }
  },
};

export const NETWORK_FAULTS: readonly Fault[] = [
  cutFromBroker,
  cutFromDatabase,
  cutFromClients,
  cutOneWay,
  poorLine,
];
