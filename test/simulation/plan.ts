import type { LoginLimits } from '../../server/actors/login-throttle/login-throttle.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { Bug } from './bugs.ts';

/** What is the same throughout one history. */
export interface Plan {
  readonly bug: Bug | null;
  readonly shards: number;
  readonly people: number;
  /** Milliseconds in which people act and things fail. */
  readonly spanMs: number;
  readonly actions: number;
  readonly faults: number;
  readonly latencyMs: number;
  readonly hopMs: number;
  readonly helperFails: number;
  readonly requestFails: number;
  readonly poison: number;
  readonly pageLimit: number;
  readonly sendRate: number;
  readonly sendBurst: number;
  readonly heartbeatS: number;
  /** Chance of a frame or a request to arrive twice, the second time later and behind others. */
  readonly duplicates: number;
  /** Chance of a device to crash between a message's id and its ack. */
  readonly crashesInSend: number;
  /** Whether links copy what they carry, as ports do. */
  readonly copies: boolean;
  readonly loginLimits: LoginLimits;
  /** Null: one host, which has its store for itself. */
  readonly cluster: ClusterPlan | null;
}

/** Hosts that share a store, and what is between them. */
interface ClusterPlan {
  readonly hosts: number;
  /** How often a host dies, is frozen, or is cut off. */
  readonly faults: number;
  /** Of the broker: the chance of a packet to be lost or doubled, and how long it is under way. */
  readonly loses: number;
  readonly doubles: number;
  readonly delayMs: number;
  /** Chance of a commit whose answer is lost. */
  readonly answersLost: number;
  /** Wrong passwords that somebody tries at all hosts. */
  readonly guesses: number;
  /** Chance of a device to be switched off at the end. */
  readonly leaves: number;
}

export const makePlan = (random: RandomSource, bug: Bug | null): Plan => {
  const rough = random.chance(0.7);
  const limited = random.chance(0.15);
  return {
    bug,
    shards: random.between(1, 2),
    people: random.pick([2, 3, 3, 4]),
    spanMs: random.pick([500, 2_000, 6_000, 20_000]),
    actions: random.between(8, 40),
    faults: rough ? random.between(1, 8) : 0,
    latencyMs: random.pick([1, 10, 80, 400]),
    hopMs: random.pick([0.5, 0.5, 5, 60]),
    helperFails: rough ? random.pick([0, 0.05, 0.3]) : 0,
    requestFails: rough ? random.pick([0, 0.05, 0.3]) : 0,
    poison: rough ? random.pick([0, 0.1]) : 0,
    pageLimit: random.pick([1, 2, 7, 256]),
    sendRate: limited ? 2 : 0,
    sendBurst: limited ? 2 : 0,
    heartbeatS: 30,
    duplicates: rough ? random.pick([0, 0, 0.1]) : 0,
    crashesInSend: rough ? random.pick([0, 0, 0.1]) : 0,
    copies: random.chance(0.2),
    loginLimits: { windowMs: 900_000, maxFailures: 5 },
    cluster: null,
  };
};

/** The same plan with several hosts. Hosts take seconds to give each other up, so the span is longer. */
export const withHosts = (plan: Plan, random: RandomSource): Plan => {
  const rough = random.chance(0.85);
  return {
    ...plan,
    spanMs: random.pick([3_000, 10_000, 20_000, 40_000]),
    cluster: {
      hosts: random.pick([1, 2, 2, 2, 3, 3]),
      faults: rough ? random.between(1, 6) : 0,
      loses: rough ? random.pick([0, 0.1, 0.5]) : 0,
      doubles: rough ? random.pick([0, 0.2]) : 0,
      delayMs: random.pick([1, 1, 30, 500]),
      answersLost: rough ? random.pick([0, 0, 0.05]) : 0,
      guesses: random.chance(0.3) ? random.between(6, 30) : 0,
      leaves: random.pick([0, 0, 0.2]),
    },
  };
};
