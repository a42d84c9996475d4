import process from 'node:process';
import type { ThreadName } from '../../runtime/address.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import { SlidingTally } from '../../runtime/sliding-tally.ts';
import type { ThreadStats } from '../../runtime/threads/link.ts';
import { ThreadWatch, type ThreadLoad } from '../../runtime/threads/thread-watch.ts';

/** Heartbeats that rates and percentiles of commits look back on: about ten seconds. */
const KEPT = 25;
/** How often the main thread is looked at, which has no heartbeat. */
const MAIN_EVERY_MS = 1_000;

type Stats = Omit<ThreadStats, 'load'>;
interface Heard {
  readonly at: number;
  readonly stats: Stats;
  readonly cpu: ThreadLoad['cpu'];
  readonly busyMs: number;
}

interface Percentiles {
  readonly p99: number;
  readonly max: number;
}

/** A thread as it told of itself last. Figures of mailboxes and of the event loop are of the last minute, shares and commits of the last
 *  ten seconds. */
export interface ThreadFigure {
  readonly name: string;
  readonly actors: number;
  readonly actors_by_type: Readonly<Record<string, number>>;
  readonly mailbox_waiting: number;
  readonly mailbox_longest: number;
  /** What messages found in their mailbox, themselves included. */
  readonly mailbox_depth: Percentiles;
  readonly asks: number;
  /** The highest since the last heartbeat; null for the main thread, which has none. */
  readonly loop_lag_ms: number | null;
  readonly loop_delay_ms: Percentiles;
  /** Of one processor, 0 to 1; null where the system does not tell, and before there are two figures. */
  readonly cpu_share: number | null;
  /** How much of the time the event loop was not idle, 0 to 1; null before there are two figures. */
  readonly busy_share: number | null;
  readonly restarts: number;
  /** Null for a thread that writes nothing. */
  readonly commits: {
    readonly writes_per_second: number;
    readonly p50_ms: number;
    readonly p99_ms: number;
  } | null;
}

/** Of all threads together, those without actors too. */
export interface ProcessFigure {
  /** In processors: 1.5 is one and a half. Null before there are two figures. */
  readonly cpu_share: number | null;
}

/** One thread over time. */
class Observed {
  readonly heard: Heard[] = [];
  readonly depths: SlidingTally;
  readonly delays: SlidingTally;

  constructor(now: number) {
    this.depths = new SlidingTally(now);
    this.delays = new SlidingTally(now);
  }

  observe(at: number, stats: Stats, load: ThreadLoad | undefined): void {
    if (load !== undefined) {
      this.depths.add(load.depths, at);
      this.delays.add(load.loopDelays, at);
    }
    this.heard.push({ at, stats, cpu: load?.cpu ?? null, busyMs: load?.busyMs ?? 0 });
    if (this.heard.length > KEPT) this.heard.shift();
  }

  get cpuShare(): number | null {
    const [first, last] = [this.heard.find(({ cpu }) => cpu !== null)?.cpu, this.heard.at(-1)?.cpu];
    if (!first || !last || last.at <= first.at) return null;
    return clipped((last.ms - first.ms) / (last.at - first.at));
  }

  get busyShare(): number | null {
    const [first, last] = [this.heard[0], this.heard.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return null;
    return clipped((last.busyMs - first.busyMs) / (last.at - first.at));
  }
}

const clipped = (share: number): number => Math.min(1, Math.max(0, share));

/** Keeps what the threads say with each heartbeat, for the admin page, and watches the main thread, which has none. */
export class ThreadFigures {
  readonly #threads = new Map<ThreadName, Observed>();
  readonly #restarts = new Map<ThreadName, number>();
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #watch: ThreadWatch;
  readonly #cpu: { readonly at: number; readonly ms: number }[] = [];
  #timer: Timer | undefined;

  /** `host`: that of the main thread. */
  constructor(host: Host, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
    this.#watch = new ThreadWatch(host);
    this.#watchMain();
  }

  observe(thread: ThreadName, { load, ...stats }: ThreadStats): void {
    const now = this.#clock.monotonic();
    let observed = this.#threads.get(thread);
    if (observed === undefined) {
      observed = new Observed(now);
      this.#threads.set(thread, observed);
    }
    observed.observe(now, stats, load);
  }

  /** Its counters begin at 0 again. */
  restarted(thread: ThreadName): void {
    this.#restarts.set(thread, (this.#restarts.get(thread) ?? 0) + 1);
    this.#threads.delete(thread);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#watch.stop();
  }

  list(): readonly ThreadFigure[] {
    this.observe('edge', { ...this.#mainStats(), load: this.#watch.take() });
    const figures = [...this.#threads].flatMap(([name, observed]) => {
      const last = observed.heard.at(-1);
      return last === undefined ? [] : [this.#figure(name, last.stats, observed)];
    });
    const isMain = ({ name }: ThreadFigure): boolean => name === 'edge';
    return figures.sort((a, b) => Number(isMain(b)) - Number(isMain(a)) || (a.name < b.name ? -1 : 1));
  }

  get process(): ProcessFigure {
    const [first, last] = [this.#cpu[0], this.#cpu.at(-1)];
    const isKnown = first !== undefined && last !== undefined && last.at > first.at;
    return { cpu_share: isKnown ? (last.ms - first.ms) / (last.at - first.at) : null };
  }

  #watchMain(): void {
    this.#timer = this.#clock.after(MAIN_EVERY_MS, () => {
      const { user, system } = process.cpuUsage();
      this.#cpu.push({ at: this.#clock.monotonic(), ms: (user + system) / 1000 });
      if (this.#cpu.length > KEPT / 2) this.#cpu.shift();
      this.observe('edge', { ...this.#mainStats(), load: this.#watch.take() });
      this.#watchMain();
    });
  }

  /** Without what costs more the more connections there are; that is asked when somebody looks. */
  #mainStats(): Stats {
    const { actors, actorsByKind, asks } = this.#host;
    return {
      ...{ actors, actorsByKind, asks: asks.size, mailboxDepth: 0, mailboxLongest: 0 },
      ...{ links: {}, deadLetters: {}, loopLagMs: 0, counters: {}, samples: {} },
    };
  }

  #figure(name: ThreadName, stats: Stats, observed: Observed): ThreadFigure {
    const now = this.#clock.monotonic();
    const depths = observed.depths.look(now).tally;
    const delays = observed.delays.look(now).tally;
    const { total, longest } =
      name === 'edge' ? this.#host.depth : { total: stats.mailboxDepth, longest: stats.mailboxLongest };
    return {
      name,
      actors: stats.actors,
      actors_by_type: stats.actorsByKind,
      mailbox_waiting: total,
      mailbox_longest: longest,
      mailbox_depth: { p99: depths.percentile(0.99), max: depths.max },
      asks: stats.asks,
      loop_lag_ms: name === 'edge' ? null : stats.loopLagMs,
      loop_delay_ms: { p99: delays.percentile(0.99) / 1000, max: delays.max / 1000 },
      cpu_share: observed.cpuShare,
      busy_share: observed.busyShare,
      restarts: this.#restarts.get(name) ?? 0,
      commits: commitsOf(observed.heard),
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
