import type { RandomSource } from '../support/random-source.ts';
import type { Cluster } from './cluster.ts';
import type { Load } from './load.ts';
import type { LoneUser } from './lone-user.ts';
import type { Observations } from './observations.ts';
import type { Slowness } from './slowness.ts';

/** What a round plays with. */
export interface Scene {
  readonly cluster: Cluster;
  readonly load: Load;
  readonly lone: LoneUser;
  readonly observations: Observations;
  readonly slowness: Slowness;
  readonly random: RandomSource;
  /** For a control run: spoils what is stored before it is checked. */
  readonly tamper: ((url: string) => Promise<void>) | null;
}
