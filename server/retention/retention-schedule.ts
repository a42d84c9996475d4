import type { Timer } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log/log.ts';
import { isRunDue } from '../storage/rules/retention-run.ts';
import { runRetention, type RetentionDeps } from './run-retention.ts';

export interface RetentionScheduleOptions extends Omit<RetentionDeps, 'isStopping'> {
  readonly days: number;
  readonly log: Logger;
}

const DAY_MS = 86_400_000;
/** A server that was just started has other work. */
const FIRST_AFTER_MS = 60_000;
/** How often to ask the store whether a run is due. Of several hosts one begins it. */
const LOOK_EVERY_MS = 10 * 60_000;

/** Runs retention once a day. The store says when the last run ended, so that neither a restart nor another host repeats it. */
export class RetentionSchedule {
  readonly #options: RetentionScheduleOptions;
  #timer: Timer | undefined;
  #stopped = false;
  /** Runs that failed, since the start. */
  failures = 0;
  /** What the store said when it was asked last: the messages that were removed from it by whichever host, and when the last run
   *  ended, in milliseconds since the epoch; null: never. */
  removed = 0;
  lastRunAt: number | null = null;

  constructor(options: RetentionScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#next(FIRST_AFTER_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #next(ms: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(ms, () => {
      void this.#look().then(() => {
        this.#next(LOOK_EVERY_MS);
      });
    });
  }

  async #look(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      await this.#learn();
      if (!isRunDue(this.lastRunAt, DAY_MS, clock.now())) return;
      await this.#run();
      await this.#learn();
    } catch (error) {
      if (this.#stopped) return;
      this.failures += 1;
      log.error({ err: error, advice: 'nothing is lost; the next attempt follows' }, 'retention.failed');
    }
  }

  async #learn(): Promise<void> {
    ({ removed: this.removed, lastRunAt: this.lastRunAt } = await this.#options.read('retention'));
  }

  async #run(): Promise<void> {
    const { days, clock, log } = this.#options;
    const began = clock.monotonic();
    const before = clock.now() - days * DAY_MS;
    const audit = { actor: 'PARLEY_RETENTION_DAYS', origin: 'schedule' };
    const outcome = await runRetention(
      { ...this.#options, isStopping: () => this.#stopped },
      { before, everyMs: DAY_MS, audit },
    );
    if (outcome.kind !== 'done' || outcome.removed === 0) return;
    const { removed, file } = outcome;
    log.info({ removed, file, ms: Math.round(clock.monotonic() - began) }, 'retention.removed');
  }
}
