import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Clock, Timer } from '../clock.ts';
import type { ThreadName } from '../address.ts';
import type { Envelope } from '../envelope.ts';
import type { Host, SendToThread } from '../host.ts';
import { Link, type Control, type ThreadStats } from './link.ts';
import { adoptLogOf, type Logger } from '../log/log.ts';
import { judge, Pulse, type Intensity } from './supervisor.ts';
import { newProgress, type Ports, type Progress } from './thread.ts';
import { YOUNG_MB } from './young-space.ts';

/** A supervised thread: one long task of its own. */
export interface ChildSpec {
  readonly name: ThreadName;
  readonly filename: string;
  /** Plain data for the task; `restarts` is added. */
  readonly data: object;
  /** Other children it has direct links with. */
  readonly peers: readonly ThreadName[];
}

/** What a task is given. */
export interface TaskInput<D> {
  readonly name: ThreadName;
  readonly ports: Ports;
  readonly data: D;
  /** 0 on the first start of this thread. */
  readonly restarts: number;
  readonly progress: Progress;
}

/** Returned by a task, instead of throwing, if it cannot start for a reason that the operator has to fix. */
export interface Refusal {
  readonly refused: string;
}

export interface ThreadsOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intensity: Intensity;
  readonly beatMs: number;
  /** Heartbeats in a row that may stay unanswered. */
  readonly missableBeats: number;
  readonly onRestarted: (thread: ThreadName) => void;
  readonly onStats: (thread: ThreadName, stats: ThreadStats) => void;
  /** Too many restarts, or one that can't start: the process must end with this code. */
  readonly onGiveUp: (reason: string, exitCode: number) => void;
}

interface Child {
  readonly spec: ChildSpec;
  readonly pool: Piscina;
  link: Link | undefined;
  abort: AbortController;
  pulse: Pulse;
  progress: Progress;
  beat: Timer | undefined;
  restarts: number;
  isReady: boolean;
  ready: () => void;
  done: Promise<void>;
}

export const EXIT_INTENSITY = 70;
export const EXIT_REFUSED = 74;

/** The supervisor of threads, on the main thread. The promise of a thread's task is the supervision link: a throw or an exit in
 *  the thread rejects it, and a hang is detected by heartbeat and aborted. The task then runs again on a new thread with new
 *  links; after these were sent, pending questions to the lost thread fail. Beyond the restart intensity the process gives up
 *  [P8]. */
export class Threads {
  readonly #options: ThreadsOptions;
  readonly #children = new Map<ThreadName, Child>();
  readonly #failuresAt: number[] = [];
  #stopping = false;

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  readonly route: SendToThread = (thread, envelope) =>
    this.#children.get(thread)?.link?.send(envelope) ?? 'thread-gone';

  /** Starts a thread; resolves when it serves. It loads its code at once and begins its task `after` what it needs. */
  async start(spec: ChildSpec, after: Promise<void> = Promise.resolve()): Promise<void> {
    const pool = new Piscina({
      filename: spec.filename,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const child: Child = {
      spec,
      pool,
      link: undefined,
      abort: new AbortController(),
      pulse: new Pulse(this.#options.missableBeats),
      progress: newProgress(),
      beat: undefined,
      restarts: 0,
      isReady: false,
      ready: () => undefined,
      done: Promise.resolve(),
    };
    this.#children.set(spec.name, child);
    pool.on('message', adoptLogOf);
    pool.on('error', (error: unknown) => {
      const { log, onGiveUp } = this.#options;
      log.error({ thread: spec.name, err: error }, 'thread.pool-error');
      // The thread's code cannot be loaded. Piscina then does not try again, and the task would wait forever.
      if (child.isReady || this.#stopping) return;
      this.#stopping = true;
      child.abort.abort();
      onGiveUp(`the code of ${spec.name} can't be loaded`, EXIT_INTENSITY);
    });
    await after;
    const ready = new Promise<void>((resolve) => {
      child.ready = resolve;
    });
    this.#run(child);
    await ready;
  }

  link(thread: ThreadName): Link | undefined {
    return this.#children.get(thread)?.link;
  }

  /** Envelopes sent to each thread and not taken in yet. */
  get outstanding(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#children].map(([name, { link }]) => [name, link?.outstanding ?? 0]));
  }

  isReady(thread: ThreadName): boolean {
    return this.#children.get(thread)?.isReady ?? false;
  }

  /** Test only: ends a thread in the given way. */
  kill(thread: ThreadName, how: string): void {
    this.#children.get(thread)?.link?.control({ c: 'die', how });
  }

  /** Orderly stop, last started first; each thread gets to finish what it holds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const child of [...this.#children.values()].reverse()) {
      child.beat?.cancel();
      child.link?.control({ c: 'stop' });
      await child.done;
      await child.pool.destroy();
    }
  }

  #run(child: Child): void {
    const { spec } = child;
    const ports: Ports[number][] = [];
    const edge = new MessageChannel();
    ports.push({ thread: 'edge', port: edge.port2 });
    child.link = new Link(spec.name, edge.port1, this.#accept, this.#onControl(child));
    for (const name of spec.peers) {
      const peer = this.#children.get(name);
      if (peer?.link === undefined) continue;
      const channel = new MessageChannel();
      ports.push({ thread: name, port: channel.port2 });
      peer.link.control({ c: 'link', thread: spec.name, port: channel.port1 });
    }
    child.abort = new AbortController();
    child.pulse = new Pulse(this.#options.missableBeats);
    child.progress = newProgress();
    const { restarts, progress } = child;
    const input: TaskInput<object> = { name: spec.name, ports, data: spec.data, restarts, progress };
    child.done = child.pool
      .run(input, { transferList: ports.map((each) => each.port), signal: child.abort.signal })
      .then(
        (answer: unknown) => {
          this.#ended(child, answer);
        },
        (error: unknown) => {
          this.#ended(child, error);
        },
      );
    this.#scheduleBeat(child);
  }

  #ended(child: Child, outcome: unknown): void {
    child.beat?.cancel();
    child.link?.close();
    child.link = undefined;
    child.isReady = false;
    if (this.#stopping) return;
    const { clock, host, log, onGiveUp } = this.#options;
    if (isRefusal(outcome)) {
      onGiveUp(outcome.refused, EXIT_REFUSED);
      return;
    }
    log.error({ thread: child.spec.name, err: outcome, restarts: child.restarts }, 'thread.lost');
    const now = clock.monotonic();
    this.#failuresAt.push(now);
    const verdict = judge(this.#failuresAt, now, this.#options.intensity);
    if (verdict !== 'give-up') {
      child.restarts += 1;
      this.#run(child);
    }
    // After the new link is there: an actor whose question fails here may ask again at once, and reaches the new thread.
    host.threadLost(child.spec.name);
    if (verdict === 'give-up') onGiveUp(`${child.spec.name} died too often`, EXIT_INTENSITY);
  }

  readonly #accept = (envelope: Envelope): void => {
    this.#options.host.accept(envelope);
  };

  #scheduleBeat(child: Child): void {
    child.beat = this.#options.clock.after(this.#options.beatMs, () => {
      if (child.isReady && child.pulse.beat(child.progress[0] ?? 0)) {
        this.#options.log.error({ thread: child.spec.name }, 'thread.hung');
        child.abort.abort();
        return;
      }
      child.link?.control({ c: 'ping' });
      this.#scheduleBeat(child);
    });
  }

  #onControl(child: Child): (control: Control) => void {
    return (control) => {
      if (control.c === 'pong') {
        child.pulse.answered();
        this.#options.onStats(child.spec.name, control.stats);
      } else if (control.c === 'ready') {
        child.isReady = true;
        child.ready();
        if (child.restarts > 0) {
          this.#options.log.warn({ thread: child.spec.name, restarts: child.restarts }, 'thread.restarted');
          this.#options.onRestarted(child.spec.name);
        }
      }
    };
  }
}

const isRefusal = (outcome: unknown): outcome is Refusal =>
  typeof outcome === 'object' &&
  outcome !== null &&
  'refused' in outcome &&
  typeof outcome.refused === 'string';
