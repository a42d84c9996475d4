import type { Findings } from '../report/model.ts';

/** How much time a measurement may take, and where it says how it goes. */
export interface Effort {
  /** A look in place of a measurement: short windows, one round, small data. */
  readonly quick: boolean;
  readonly said: (line: string) => void;
}

/** Something that can be measured by itself. */
export interface Benchmark {
  /** Names it on the command line and its file of results. */
  readonly id: string;
  readonly title: string;
  readonly measure: (effort: Effort) => Promise<Findings>;
}
