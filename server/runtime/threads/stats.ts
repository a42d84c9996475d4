import type { Host } from '../host.ts';
import type { ThreadStats } from './link.ts';
import { ThreadWatch } from './thread-watch.ts';

const SAMPLES_MAX = 512;

/** Collects one thread's figures between two heartbeats. Samples past 512 a heartbeat are dropped. */
export class Stats {
  readonly #host: Host;
  readonly #watch: ThreadWatch;
  readonly #counters: Record<string, number> = {};
  #samples: Record<string, number[]> = {};

  constructor(host: Host) {
    this.#host = host;
    this.#watch = new ThreadWatch(host);
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
    const load = this.#watch.take();
    const stats: ThreadStats = {
      actors: this.#host.actors,
      actorsByKind: this.#host.actorsByKind,
      mailboxDepth: depth.total,
      mailboxLongest: depth.longest,
      asks: this.#host.asks.size,
      links,
      deadLetters: { ...this.#host.deadLetters.counts },
      loopLagMs: load.loopDelays.max / 1000,
      load,
      counters: { ...this.#counters },
      samples: this.#samples,
    };
    this.#samples = {};
    return stats;
  }

  stop(): void {
    this.#watch.stop();
  }
}
