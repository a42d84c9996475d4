import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { browserClock, type Timer } from '../../net/clock.ts';
import { followZone } from '../../model/text/dates.ts';
import { renderWithin } from './render-within.ts';

const EVERY_MS = 30_000;
/** Timers may fire slightly early. */
const LATE_MS = 50;

/** Re-renders the times on screen as time passes, and when the device may have changed its time zone. */
export class PassingTime implements ReactiveController {
  /** The time by this device's clock, in milliseconds since the epoch. */
  now = browserClock.now();
  readonly #host: ReactiveControllerHost & { readonly renderRoot: ParentNode };
  #timer: Timer | null = null;

  constructor(host: ReactiveControllerHost & { readonly renderRoot: ParentNode }) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#tick();
    document.addEventListener('visibilitychange', this.#passed);
    addEventListener('focus', this.#passed);
  }

  hostDisconnected(): void {
    this.#timer?.cancel();
    document.removeEventListener('visibilitychange', this.#passed);
    removeEventListener('focus', this.#passed);
  }

  #tick(): void {
    // At midnight, "today" becomes "yesterday".
    const now = browserClock.now();
    const midnight = new Date(now).setHours(24, 0, 0, 0);
    this.#timer = browserClock.after(Math.min(EVERY_MS, midnight - now + LATE_MS), () => {
      this.#passed();
      this.#tick();
    });
  }

  readonly #passed = (): void => {
    this.now = browserClock.now();
    this.#host.requestUpdate();
    if (followZone()) renderWithin(this.#host.renderRoot);
  };
}
