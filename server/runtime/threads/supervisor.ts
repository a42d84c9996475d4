/** Restart intensity as in OTP's supervisor: data, judged by a pure function. */
export interface Intensity {
  /** Restarts allowed within the period; one more and the supervisor gives up. */
  readonly intensity: number;
  readonly periodMs: number;
}

export type RestartVerdict = 'restart' | 'give-up';

/** `failuresAt`: the times of all failures so far, this one last. */
export const judge = (
  failuresAt: readonly number[],
  now: number,
  { intensity, periodMs }: Intensity,
): RestartVerdict =>
  failuresAt.filter((at) => now - at < periodMs).length > intensity ? 'give-up' : 'restart';

/** Heartbeat of a thread: call `beat` before each ping. Counts pings, not time, so that a process that was suspended as a whole
 *  does not take its threads for hung. A thread that takes in envelopes does not hang, however late its answers are: it has too much
 *  to do or too little of the processor, and a restart would only add to that. */
export class Pulse {
  readonly #missable: number;
  #unanswered = 0;
  #taken = 0;

  /** `missable`: pings in a row that may stay unanswered. */
  constructor(missable: number) {
    this.#missable = missable;
  }

  /** True when the thread hangs. `taken`: envelopes that it has taken in so far. */
  beat(taken: number): boolean {
    this.#unanswered = taken === this.#taken ? this.#unanswered + 1 : 1;
    this.#taken = taken;
    return this.#unanswered > this.#missable;
  }

  answered(): void {
    this.#unanswered = 0;
  }
}
