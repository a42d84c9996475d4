import { systemClock, type Timer } from '../clock.ts';
import type { Host } from '../host.ts';
import { Tally, type TallyCounts } from '../tally.ts';
import { loopBusyMs, threadCpuMs } from './thread-time.ts';

/** How often a timer is due. What it is late by is delay of the event loop. */
const DUE_MS = 20;
/** Looks from one at the processor time to the next: a look reads a file. */
const CPU_EVERY = 5;

/** How busy a thread was since the look before. */
export interface ThreadLoad {
  /** What each message found waiting in its mailbox, itself included. */
  readonly depths: TallyCounts;
  /** Microseconds. */
  readonly loopDelays: TallyCounts;
  /** Milliseconds of a processor since the thread began, and when that was asked; null where the system does not tell. */
  readonly cpu: { readonly ms: number; readonly at: number } | null;
  /** Milliseconds since the thread began. */
  readonly busyMs: number;
}

/** Watches how busy the calling thread is. Costs 50 timers a second. */
export class ThreadWatch {
  readonly #host: Pick<Host, 'depths'>;
  readonly #delays = new Tally();
  #timer: Timer | undefined;
  #looks = 0;
  #cpu: ThreadLoad['cpu'] = null;

  constructor(host: Pick<Host, 'depths'>) {
    this.#host = host;
    this.#await(systemClock.monotonic());
  }

  take(): ThreadLoad {
    if (this.#looks % CPU_EVERY === 0) this.#cpu = cpuNow();
    this.#looks += 1;
    return {
      depths: this.#host.depths.take(),
      loopDelays: this.#delays.take(),
      cpu: this.#cpu,
      busyMs: loopBusyMs(),
    };
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #await(began: number): void {
    this.#timer = systemClock.after(DUE_MS, () => {
      const now = systemClock.monotonic();
      this.#delays.record(Math.max(0, now - began - DUE_MS) * 1000);
      this.#await(now);
    });
  }
}

const cpuNow = (): ThreadLoad['cpu'] => {
  const ms = threadCpuMs();
  return ms === null ? null : { ms, at: systemClock.monotonic() };
};
