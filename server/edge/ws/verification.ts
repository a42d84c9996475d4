import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { OpenSocket } from './open-socket.ts';

const AT_ONCE = 1_000;
const PAUSE_MS = 20;
const SECOND_LOOK_MS = 1_000;

/** Has connections compare themselves with the store after a thread was lost. In groups: each asks the store, which answers a bounded
 *  number of questions at a time. */
export class Verification {
  readonly #host: Pick<Host, 'tell'>;
  readonly #clock: Clock;
  readonly #all: () => readonly OpenSocket[];
  /** The next group. */
  #next: Timer | undefined;
  #secondLook: Timer | undefined;

  constructor(host: Pick<Host, 'tell'>, clock: Clock, all: () => readonly OpenSocket[]) {
    this.#host = host;
    this.#clock = clock;
    this.#all = all;
  }

  begin(): void {
    this.#next?.cancel();
    const actors = this.#all().map(({ actor }) => actor);
    const next = (from: number): void => {
      for (const actor of actors.slice(from, from + AT_ONCE)) this.#host.tell(actor, { type: 'verify' });
      const to = from + AT_ONCE;
      if (to >= actors.length) return;
      this.#next = this.#clock.after(PAUSE_MS, () => {
        next(to);
      });
    };
    next(0);
  }

  /** Writes that were with the writer when its thread died are committed without an announcement, on a slow disk after the first
   *  comparison. */
  beginTwice(): void {
    this.begin();
    this.#secondLook?.cancel();
    this.#secondLook = this.#clock.after(SECOND_LOOK_MS, () => {
      this.begin();
    });
  }
}
