import process from 'node:process';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';

export interface Stopping {
  readonly log: Logger;
  readonly clock: Clock;
  /** How long a stop may take. */
  readonly withinMs: number;
  /** The store is behind a network and may not answer. Nothing that it has not answered by then was acknowledged, so such a stop counts
   *  as orderly. */
  readonly mayLeaveStore: boolean;
}

/** Stops the server in order at SIGTERM, SIGINT and SIGHUP (the terminal is gone), and ends the process: with 0 if all was closed in time.
 *  A second signal ends it at once with 1. To be called before anybody is told that the server is ready: whoever waits for that may stop it
 *  the next moment. */
export const stopOnSignal = (
  { log, clock, withinMs, mayLeaveStore }: Stopping,
  close: () => Promise<void>,
): void => {
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'stopping');
    clock.after(withinMs, () => {
      if (mayLeaveStore) log.warn('stop.store-left');
      process.exit(mayLeaveStore ? 0 : 1);
    });
    close()
      .then(() => {
        log.info('stopped');
        process.exit(0);
      })
      .catch((error: unknown) => {
        log.fatal({ err: error }, 'stop-failed');
        process.exit(1);
      });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
};
