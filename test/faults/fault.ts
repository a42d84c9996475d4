import type { RandomSource } from '../support/random-source.ts';
import type { Scope } from '../support/temp-dir.ts';

export interface FaultOptions {
  /** How often; what one round is, each fault says. */
  readonly rounds: number;
  readonly random: RandomSource;
  readonly say: (line: string) => void;
}

/** What was counted in a run that held. */
export type Counts = Readonly<Record<string, number | string>>;

/** One programme that could break a promise. `run` throws when it did, and `NotRun` when the machine can't hold it. */
export interface Fault {
  readonly name: string;
  /** The promise, and the programme's number. */
  readonly proves: string;
  /** Rounds in `npm test`, where that has not the time for all of `small`. */
  readonly sample?: number;
  /** Rounds in `npm run test:full`, and in `npm run test:faults`. */
  readonly small: number;
  readonly full: number;
  run(scope: Scope, options: FaultOptions): Promise<Counts>;
}

/** This machine lacks what a fault needs. Never a pass. */
export class NotRun extends Error {}
