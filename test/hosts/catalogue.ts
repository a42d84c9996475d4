import type { RandomSource } from '../support/random-source.ts';
import { BROKER_FAULTS } from './broker-faults.ts';
import type { Cluster } from './cluster.ts';
import { DATABASE_FAULTS } from './database-faults.ts';
import type { Fault } from './fault.ts';
import { HOST_FAULTS } from './host-faults.ts';
import { NETWORK_FAULTS } from './network-faults.ts';

export const FAULTS: readonly Fault[] = [
  ...HOST_FAULTS,
  ...NETWORK_FAULTS,
  ...DATABASE_FAULTS,
  ...BROKER_FAULTS,
];

const TWO_AT_ONCE = 0.2;

/** One fault, or two that can happen at the same time. `only`: that one alone. */
export const drawFaults = (cluster: Cluster, random: RandomSource, only: string | null): readonly Fault[] => {
  const possible = FAULTS.filter(
    ({ name, cantRun }) => (cantRun?.(cluster) ?? null) === null && (only === null || name === only),
  );
  const first = random.pick(possible);
  if (only !== null || first.part === 'all' || !random.chance(TWO_AT_ONCE)) return [first];
  const beside = possible.filter(({ part }) => part !== 'all' && (part === 'host' || part !== first.part));
  return [first, random.pick(beside)];
};
