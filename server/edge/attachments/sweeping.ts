import type { AttachmentBytes } from '../../storage/attachments/attachment-bytes.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';

/** Milliseconds between two sweeps. */
const SWEEP_EVERY_MS = 30_000;

export interface SweepingDeps {
  readonly bytes: Pick<AttachmentBytes, 'sweep'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Removes bytes that no attachment has, from the start on and from time to time. A sweep that fails delays nothing but the next one. */
export class Sweeping {
  readonly #deps: SweepingDeps;
  #timer: Timer | null = null;
  #isStopped = false;
  #hasFailed = false;
  #removed = 0;

  constructor(deps: SweepingDeps) {
    this.#deps = deps;
  }

  /** Files and broken-off uploads that were removed. */
  get removed(): number {
    return this.#removed;
  }

  start(): void {
    void this.#sweep();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Said once, until a sweep succeeds: the reason rarely changes. */
  async #sweep(): Promise<void> {
    const { bytes, clock, log } = this.#deps;
    try {
      this.#removed += await bytes.sweep();
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed && !this.#isStopped) log.warn({ err: error, advice: ADVICE }, 'attachments.sweep');
      this.#hasFailed = true;
    }
    if (this.#isStopped) return;
    this.#timer = clock.after(SWEEP_EVERY_MS, () => {
      this.start();
    });
  }
}

const ADVICE =
  'files that nobody needs any more were not removed; it is tried again: check that the store answers and that the server may write the folder attachments in PARLEY_DATA_DIR';
