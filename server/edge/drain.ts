import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log/log.ts';

export interface Draining {
  readonly clock: Clock;
  readonly log: Logger;
  /** HTTP requests without an answer. */
  readonly requests: () => number;
  /** Sockets that have not been closed yet. */
  readonly sockets: () => number;
  /** Whether closed sockets may have unsent bytes left. */
  readonly unsent: () => boolean;
}

/** Milliseconds for requests and sockets to end. Leaves the rest of the stop 1.5 s: it has 9 s altogether. */
const DRAIN_MS = 7_500;
const LOOK_EVERY_MS = 10;
/** Milliseconds for close frames and answers that the kernel has accepted. Closing a connection with unread input resets it, and
 *  the client may then lose what was sent before. */
const LINGER_MS = 100;
/** The same for sockets whose client had not read everything when it was told to go. */
const LINGER_UNSENT_MS = 1_000;

/** Waits until everything that was accepted has been answered and every socket has been told to go; not longer than 7.5 s. */
export const drained = async ({ clock, log, requests, sockets, unsent }: Draining): Promise<void> => {
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  const until = clock.monotonic() + DRAIN_MS;
  while (requests() > 0 || sockets() > 0) {
    if (clock.monotonic() >= until) {
      log.warn({ requests: requests(), sockets: sockets() }, 'drain.cut-off');
      return;
    }
    await pause(LOOK_EVERY_MS);
  }
  await pause(Math.min(unsent() ? LINGER_UNSENT_MS : LINGER_MS, until - clock.monotonic()));
};
