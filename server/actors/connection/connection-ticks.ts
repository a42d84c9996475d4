import type { Clock, Timer } from '../../runtime/clock.ts';

/** The latest that a connection is woken after its moment. */
const STEP_MAX_MS = 250;
/** Steps of a heartbeat at the least. */
const STEPS = 100;
const STEP_MIN_MS = 10;

/** Wakes the connections of a process at their next moments, on the edge thread. A timer for each of them would take 0.3 KiB of a
 *  connection that does nothing, and wake an idle process at as many moments as it has connections. */
export class ConnectionTicks {
  readonly #clock: Clock;
  readonly #stepMs: number;
  readonly #tick: (socketId: string) => void;
  /** Socket ids by the step in which they are due. */
  readonly #due = new Map<number, Set<string>>();
  #timer: Timer | undefined;
  /** When the timer fires. */
  #next = Infinity;

  constructor(clock: Clock, heartbeatMs: number, tick: (socketId: string) => void) {
    this.#clock = clock;
    this.#stepMs = Math.min(STEP_MAX_MS, Math.max(STEP_MIN_MS, Math.floor(heartbeatMs / STEPS)));
    this.#tick = tick;
  }

  /** Wakes a connection once, at its moment or up to a step later. Returns what `cancel` needs. */
  set(socketId: string, ms: number): number {
    const step = Math.ceil((this.#clock.monotonic() + ms) / this.#stepMs);
    const due = this.#due.get(step);
    if (due === undefined) this.#due.set(step, new Set([socketId]));
    else due.add(socketId);
    if (step < this.#next) this.#arm(step);
    return step;
  }

  /** Without effect if it was woken. */
  cancel(socketId: string, step: number): void {
    const due = this.#due.get(step);
    due?.delete(socketId);
    if (due?.size !== 0) return;
    this.#due.delete(step);
    // Nothing is left to fire for: an idle process is not woken.
    if (this.#due.size === 0) this.#disarm();
  }

  #arm(step: number): void {
    this.#timer?.cancel();
    this.#next = step;
    const ms = step * this.#stepMs - this.#clock.monotonic();
    this.#timer = this.#clock.after(Math.max(0, ms), () => {
      this.#fire();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#next = Infinity;
  }

  /** All steps that have passed: after a standstill of the process these are many. */
  #fire(): void {
    this.#disarm();
    const now = this.#clock.monotonic() / this.#stepMs;
    const passed = [...this.#due].filter(([step]) => step <= now);
    for (const [step] of passed) this.#due.delete(step);
    for (const [, socketIds] of passed) for (const socketId of socketIds) this.#tick(socketId);
    const next = Math.min(this.#next, ...this.#due.keys());
    if (next < this.#next) this.#arm(next);
  }
}
