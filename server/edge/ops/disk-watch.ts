import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';

/** What is measured; bytes. */
export interface DiskFigures {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
}

/** `low`: the operator should make room. `full`: writes fail soon or already. `unknown`: the disk can't be looked at. */
export type DiskState = 'ok' | 'low' | 'full' | 'unknown';

export interface DiskWatchOptions {
  readonly measure: () => Promise<DiskFigures>;
  readonly clock: Clock;
  readonly log: Logger;
}

const MIB = 1024 * 1024;
const LOOK_EVERY_MS = 10_000;
/** Time limit of one check, so that a hanging disk does not make its callers hang. */
const LOOK_WITHIN_MS = 5_000;
/** Room for one more write-ahead log of full length, on a disk that is large enough to ask for it. */
const FULL_MAX_BYTES = 64 * MIB;
const FULL_MIN_BYTES = MIB;
const LOW_MAX_BYTES = 1024 * MIB;
/** Hysteresis: a state is left only when this many times the threshold are free, so that a value near the threshold does not
 *  fill the log. */
const LEAVES_AT = 1.25;

/** Free bytes below which the disk counts as full: 1 % of it, at least 1 MiB and at most 64 MiB. */
export const fullBelow = (totalBytes: number): number =>
  Math.max(FULL_MIN_BYTES, Math.min(totalBytes / 100, FULL_MAX_BYTES));
/** Free bytes below which there is a warning: 10 % of the disk, at most 1 GiB, and always before it is full. */
export const lowBelow = (totalBytes: number): number =>
  Math.max(2 * fullBelow(totalBytes), Math.min(totalBytes / 10, LOW_MAX_BYTES));

/** Watches the disk of the data directory, and leaves one line in the log each time its state changes. */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  #state: DiskState = 'ok';
  #figures: DiskFigures | null = null;
  #looking: Promise<void> | null = null;
  #timer: Timer | null = null;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  /** As of the last look; null before the first. */
  get figures(): DiskFigures | null {
    return this.#figures;
  }

  start(): void {
    void this.look();
    this.#timer = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Checks the disk now; concurrent calls share one check. Answers within 5 s, and never rejects. */
  readonly look = (): Promise<DiskState> =>
    new Promise((resolve) => {
      const late = this.#options.clock.after(LOOK_WITHIN_MS, () => {
        this.#become('unknown', { code: 'ETIMEDOUT' });
        resolve(this.#state);
      });
      void (this.#looking ??= this.#look()).then(() => {
        late.cancel();
        resolve(this.#state);
      });
    });

  async #look(): Promise<void> {
    try {
      this.#figures = await this.#options.measure();
      this.#become(stateOf(this.#figures, this.#state), this.#figures);
    } catch (error) {
      this.#become('unknown', { code: (error as NodeJS.ErrnoException).code });
    } finally {
      this.#looking = null;
    }
  }

  #become(state: DiskState, facts: object): void {
    if (state === this.#state) return;
    this.#state = state;
    const { log } = this.#options;
    const line = { ...facts, advice: ADVICE[state] };
    if (state === 'ok') log.info(facts, 'disk.ok');
    else if (state === 'low') log.warn(line, 'disk.low');
    else log.error(line, `disk.${state}`);
  }
}

const ADVICE: Readonly<Record<DiskState, string>> = {
  ok: '',
  low: 'make room on the disk of PARLEY_DATA_DIR, or move the data directory to a larger one',
  full: 'messages are refused, or soon will be: make room on the disk of PARLEY_DATA_DIR now',
  unknown: 'the data directory can’t be looked at: check the disk and the rights of PARLEY_DATA_DIR',
};

const stateOf = ({ freeBytes, totalBytes }: DiskFigures, before: DiskState): DiskState => {
  const below = (threshold: number, isIn: boolean): boolean => freeBytes < threshold * (isIn ? LEAVES_AT : 1);
  if (below(fullBelow(totalBytes), before === 'full')) return 'full';
  return below(lowBelow(totalBytes), before === 'low' || before === 'full') ? 'low' : 'ok';
};
