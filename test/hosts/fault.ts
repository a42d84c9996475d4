import type { RandomSource } from '../support/random-source.ts';
import type { Cluster } from './cluster.ts';
import type { Scene } from './scene.ts';
import type { ParleyHost } from './parley-host.ts';

/** What two faults at once may not have in common. */
type Part = 'database' | 'broker' | 'all';

/** Something that goes wrong with one host, with the database or with the broker, and is over when `strike` is done. */
export interface Fault {
  readonly name: string;
  /** `host`: with the host that it is given, and so with several hosts at once. */
  readonly part: Part | 'host';
  /** Why a cluster can't have it, or null. */
  readonly cantRun?: (cluster: Cluster) => string | null;
  /** `host` is the one that is hit, `other` one that is not. Notes what it has chosen. */
  strike(blow: Blow): Promise<void>;
}

export interface Blow {
  readonly scene: Scene;
  readonly random: RandomSource;
  readonly host: ParleyHost;
  readonly other: ParleyHost;
  /** Whether nothing else goes wrong meanwhile, so that bounds on time hold. */
  readonly isAlone: boolean;
  readonly note: (what: string) => void;
}

/** For the notes of a round. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
