import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { browserClock, type Timer } from '../net/clock.ts';
import { followZone } from '../state/text/dates.ts';
import { renderWithin } from './render-within.ts';

const EVERY_MS = 30_000;
/** Timers may come a little early. */
const LATE_MS = 50;

/** Renders the times on screen anew as time goes on; and while nobody looked the device may have come into another zone. */
export class PassingTime implements ReactiveController {
  /** By the device's clock. */
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
    // "Today" is another day from midnight on.
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
