import type { ThreadName } from '../../runtime/address.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { ThreadStats } from '../../runtime/threads/link.ts';

/** Heartbeats that rates and percentiles look back on: about ten seconds. */
const KEPT = 25;

interface Heard {
  readonly at: number;
  readonly stats: ThreadStats;
}

/** A thread as it told of itself last. */
export interface ThreadFigure {
  readonly name: string;
  readonly actors: number;
  readonly mailbox_waiting: number;
  readonly mailbox_longest: number;
  readonly asks: number;
  /** Null for the main thread, which is measured for the metrics only. */
  readonly loop_lag_ms: number | null;
  readonly restarts: number;
  /** Of the last ten seconds; null for a thread that writes nothing. */
  readonly commits: {
    readonly writes_per_second: number;
    readonly p50_ms: number;
    readonly p99_ms: number;
  } | null;
}

/** Keeps what the threads say with each heartbeat, for the admin page. Nothing is measured for it, so it costs nothing more. */
export class ThreadFigures {
  readonly #heard = new Map<ThreadName, Heard[]>();
  readonly #restarts = new Map<ThreadName, number>();
  readonly #host: Pick<Host, 'actors' | 'depth' | 'asks'>;
  readonly #clock: Clock;

  /** `host`: that of the main thread, which has no heartbeat. */
  constructor(host: Pick<Host, 'actors' | 'depth' | 'asks'>, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  observe(thread: ThreadName, stats: ThreadStats): void {
    const heard = this.#heard.get(thread) ?? [];
    heard.push({ at: this.#clock.monotonic(), stats });
    if (heard.length > KEPT) heard.shift();
    this.#heard.set(thread, heard);
  }

  /** Its counters begin at 0 again. */
  restarted(thread: ThreadName): void {
    this.#restarts.set(thread, (this.#restarts.get(thread) ?? 0) + 1);
    this.#heard.delete(thread);
  }

  list(): readonly ThreadFigure[] {
    const { total, longest } = this.#host.depth;
    const main: ThreadFigure = {
      name: 'edge',
      actors: this.#host.actors,
      mailbox_waiting: total,
      mailbox_longest: longest,
      asks: this.#host.asks.size,
      loop_lag_ms: null,
      restarts: 0,
      commits: null,
    };
    const others = [...this.#heard].flatMap(([name, heard]) => {
      const last = heard.at(-1);
      return last === undefined ? [] : [this.#figure(name, last.stats, heard)];
    });
    return [main, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  #figure(name: ThreadName, stats: ThreadStats, heard: readonly Heard[]): ThreadFigure {
    return {
      name,
      actors: stats.actors,
      mailbox_waiting: stats.mailboxDepth,
      mailbox_longest: stats.mailboxLongest,
      asks: stats.asks,
      loop_lag_ms: stats.loopLagMs,
      restarts: this.#restarts.get(name) ?? 0,
      commits: commitsOf(heard),
    };
  }
}

const commitsOf = (heard: readonly Heard[]): ThreadFigure['commits'] => {
  const [first, last] = [heard[0], heard.at(-1)];
  const writes = last?.stats.counters['writes'];
  if (first === undefined || last === undefined || writes === undefined) return null;
  const seconds = (last.at - first.at) / 1000;
  const rise = writes - (first.stats.counters['writes'] ?? 0);
  const times = heard.flatMap(({ stats }) => stats.samples['commit_ms'] ?? []).sort((a, b) => a - b);
  const percentile = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return {
    writes_per_second: seconds > 0 ? rise / seconds : 0,
    p50_ms: percentile(0.5),
    p99_ms: percentile(0.99),
  };
};
