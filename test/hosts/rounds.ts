import { seededRandom } from '../support/random-source.ts';
import { scoped } from '../faults/scoped.ts';
import type { Scope } from '../support/temp-dir.ts';
import { BROKERS, type BrokerKind } from './broker-machine.ts';
import { drawFaults } from './catalogue.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { Fault } from './fault.ts';
import { Load } from './load.ts';
import { LoneUser } from './lone-user.ts';
import type { Network } from './network.ts';
import { Observations } from './observations.ts';
import { playRound } from './round.ts';
import type { Scene } from './scene.ts';
import { Slowness } from './slowness.ts';

/** Rounds that one cluster serves before it is made anew. */
const ROUNDS_A_CLUSTER = 40;

export interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Null: one after the other. */
  readonly broker: BrokerKind | null;
  readonly only: string | null;
  readonly isSynchronous: boolean;
  readonly tamper: Scene['tamper'];
  readonly say: (line: string) => void;
}

export interface Counts {
  rounds: number;
  acked: number;
  answers: number;
  slowestReadyMs: number;
  slowestSettledMs: number;
  /** How often each fault was played. */
  readonly faults: Map<string, number>;
  /** By broker: rounds. */
  readonly brokers: Map<string, number>;
}

/** What broke a promise, with all that is known of it. */
export class Violated extends Error {
  readonly violations: readonly string[];

  constructor(message: string, violations: readonly string[]) {
    super(message);
    this.violations = violations;
  }
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const addTo = (map: Map<string, number>, key: string): void => {
  map.set(key, (map.get(key) ?? 0) + 1);
};

/** Plays rounds until they are over or one of them breaks a promise. */
export const playRounds = async (network: Network, options: RoundsOptions, counts: Counts): Promise<void> => {
  const random = seededRandom(options.seed);
  for (let cluster = 0; counts.rounds < options.rounds; cluster += 1) {
    const broker = options.broker ?? BROKERS[cluster % BROKERS.length] ?? 'postgres';
    const rounds = Math.min(ROUNDS_A_CLUSTER, options.rounds - counts.rounds);
    const seed = random.fork().seed;
    await scoped((scope) => playCluster(scope, network, { ...options, broker, rounds, seed }, counts));
  }
};

const playCluster = async (
  scope: Scope,
  network: Network,
  options: RoundsOptions & { readonly broker: BrokerKind },
  counts: Counts,
): Promise<void> => {
  const { broker, isSynchronous, only, rounds, seed, tamper, say } = options;
  const random = seededRandom(seed, () => undefined);
  const cluster = await startCluster(scope, network, { broker, isSynchronous });
  const observations = new Observations();
  const slowness = new Slowness(scope);
  const load = await Load.start(scope, { hosts: cluster.hosts, observations, random: random.fork() });
  const [anyHost] = cluster.hosts;
  if (anyHost === undefined) throw new Error('there is no host');
  const lone = await LoneUser.register(scope, anyHost, observations, slowness);
  const ackedBefore = counts.acked;
  const answersBefore = counts.answers;
  for (let i = 0; i < rounds; i += 1) {
    const scene: Scene = { cluster, load, lone, observations, slowness, tamper, random: random.fork() };
    const faults = drawFaults(cluster, scene.random, only);
    const notes: string[] = [];
    const line = await oneRound(scope, scene, faults, notes, counts);
    counts.rounds += 1;
    counts.acked = ackedBefore + observations.acked.size;
    counts.answers = answersBefore + observations.answers;
    for (const { name } of faults) addTo(counts.faults, name);
    addTo(counts.brokers, broker);
    say(
      `round ${String(counts.rounds)} (${broker}): ${line}; ${String(observations.acked.size)} acknowledged`,
    );
    if (observations.violations.length > 0)
      throw new Violated(
        report(options, counts.rounds, notes, observations, cluster),
        observations.violations,
      );
  }
};

/** Plays it and returns what there is to say of it. */
const oneRound = async (
  scope: Scope,
  scene: Scene,
  faults: readonly Fault[],
  notes: string[],
  counts: Counts,
): Promise<string> => {
  const started = performance.now();
  let outcome = 'ended early';
  try {
    const { readyMs, settledMs } = await playRound(scope, scene, faults, notes);
    counts.slowestReadyMs = Math.max(counts.slowestReadyMs, Math.round(readyMs));
    counts.slowestSettledMs = Math.max(counts.slowestSettledMs, Math.round(settledMs));
    outcome = `ready after ${inSeconds(readyMs)}, all answered after ${inSeconds(settledMs)}`;
  } catch (error) {
    scene.observations.violate(
      `the round ended early: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    );
  }
  return `${notes.join('; ')}; ${outcome}; ${inSeconds(performance.now() - started)} in all`;
};

const report = (
  { seed, broker }: { readonly seed: number; readonly broker: BrokerKind },
  round: number,
  notes: readonly string[],
  { violations }: Observations,
  { hosts }: Cluster,
): string =>
  [
    `VIOLATED in round ${String(round)}, seed of the cluster ${String(seed)}, broker ${broker}:`,
    ...notes.map((note) => `  fault: ${note}`),
    ...violations.slice(0, 40).map((violation) => `  - ${violation}`),
    ...(violations.length > 40 ? [`  and ${String(violations.length - 40)} more`] : []),
    ...hosts.map((host) => `--- the end of what ${host.name} printed\n${host.output}`),
  ].join('\n');
