import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Host } from '../host.ts';
import type { ThreadStats } from './link.ts';

const SAMPLES_MAX = 512;

/** Collects one thread's figures between two heartbeats. Samples past 512 a heartbeat are dropped. */
export class Stats {
  readonly #host: Host;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  readonly #counters: Record<string, number> = {};
  #samples: Record<string, number[]> = {};

  constructor(host: Host) {
    this.#host = host;
    this.#delay.enable();
  }

  count(name: string, by = 1): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + by;
  }

  sample(name: string, value: number): void {
    const values = (this.#samples[name] ??= []);
    if (values.length < SAMPLES_MAX) values.push(value);
  }

  /** `links`: envelopes under way, by the thread they go to. */
  take(links: ThreadStats['links']): ThreadStats {
    const depth = this.#host.depth;
    const stats: ThreadStats = {
      actors: this.#host.actors,
      mailboxDepth: depth.total,
      mailboxLongest: depth.longest,
      asks: this.#host.asks.size,
      links,
      deadLetters: { ...this.#host.deadLetters.counts },
      loopLagMs: Math.max(0, this.#delay.max / 1e6 - 20),
      counters: { ...this.#counters },
      samples: this.#samples,
    };
    this.#samples = {};
    this.#delay.reset();
    return stats;
  }

  stop(): void {
    this.#delay.disable();
  }
}
