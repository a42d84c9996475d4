import process from 'node:process';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';

/** Before the time of a stop is over: when the store is asked whether it answers. */
const ASK_BEFORE_MS = 1_500;

export interface Stopping {
  readonly log: Logger;
  readonly clock: Clock;
  /** How long a stop may take; more than `ASK_BEFORE_MS`. */
  readonly withinMs: number;
  /** Whether a store behind a network answers now; null: the store is in this process. Never rejects. Nothing that a store has not answered
   *  was acknowledged, so a stop that leaves one which does not answer counts as orderly. */
  readonly storeAnswers: (() => Promise<boolean>) | null;
}

/** Names what is being closed from now on, for whoever has to find out what a stop waited for. */
export type AtStep = (step: string) => void;

/** Stops the server in order at SIGTERM, SIGINT and SIGHUP (the terminal is gone), and ends the process: with 0 if all was closed in time,
 *  or if a store that does not answer is all that prevented it, else with 1. A second signal ends it at once with 1. To be called before
 *  anybody is told that the server is ready: whoever waits for that may stop it the next moment. */
export const stopOnSignal = (stopping: Stopping, close: (at: AtStep) => Promise<void>): void => {
  const { log } = stopping;
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    let step = 'requests and connections';
    endInTime(stopping, () => step);
    close((next) => {
      step = next;
    })
      .then(() => {
        log.info('stopped');
        process.exit(0);
      })
      .catch((error: unknown) => {
        log.fatal({ step, err: error }, 'stop-failed');
        process.exit(1);
      });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
};

const endInTime = ({ log, clock, withinMs, storeAnswers }: Stopping, step: () => string): void => {
  // A question without an answer is one.
  let isStoreAway = storeAnswers !== null;
  if (storeAnswers !== null) {
    clock.after(withinMs - ASK_BEFORE_MS, () => {
      void storeAnswers().then((answers) => {
        isStoreAway = !answers;
      });
    });
  }
  clock.after(withinMs, () => {
    if (isStoreAway) log.warn({ step: step() }, 'stop.store-left');
    else log.fatal({ step: step() }, 'stop.cut-off');
    process.exit(isStoreAway ? 0 : 1);
  });
};
