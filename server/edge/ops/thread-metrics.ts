import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ThreadName } from '../../runtime/address.ts';
import { DATABASE, NOTICES } from './count-names.ts';
import { DatabaseMetrics } from './database-metrics.ts';
import { NoticeMetrics } from './notice-metrics.ts';
import type { ThreadStats } from '../../runtime/threads/link.ts';

/** Milliseconds of questions that a thread asked; the name of the thread that answered follows. */
const ASK = 'ask_ms:';

/** How each kind of sample is counted; one that is not named here is left out. */
const SAMPLES: Readonly<Record<string, { name: string; help: string; scale: number; buckets: number[] }>> = {
  commit_writes: {
    name: 'parley_commit_writes',
    help: 'Writes in one commit',
    scale: 1,
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  },
  commit_ms: {
    name: 'parley_commit_seconds',
    help: 'Length of one commit',
    scale: 1 / 1000,
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
  },
};

/** The figures that every thread tells of itself. */
export class ThreadMetrics {
  readonly #actors: Gauge<'thread'>;
  readonly #mailboxes: Gauge<'thread' | 'of'>;
  readonly #asks: Gauge<'thread'>;
  readonly #links: Gauge<'thread' | 'to'>;
  readonly #lag: Gauge<'thread'>;
  readonly #askSeconds: Histogram<'thread'>;
  readonly #deadLetters: Counter<'thread' | 'reason'>;
  readonly #counted: Counter<'thread' | 'name'>;
  readonly #database: DatabaseMetrics;
  readonly #registers: Registry[];
  /** Only where there are notices. */
  #notices: NoticeMetrics | undefined;
  readonly #samples: Readonly<Record<string, Histogram>>;
  /** What a thread's rising counters stood at, by thread and name. */
  readonly #last = new Map<string, number>();

  /** `askSeconds`: by the thread that answers, whoever asked. */
  constructor(registers: Registry[], askSeconds: Histogram<'thread'>) {
    const labelNames = ['thread'] as const;
    this.#askSeconds = askSeconds;
    this.#database = new DatabaseMetrics(registers);
    this.#registers = registers;
    this.#actors = new Gauge({ name: 'parley_actors', help: 'Actors in memory', labelNames, registers });
    this.#mailboxes = new Gauge({
      name: 'parley_mailbox_messages',
      help: 'Messages that wait in mailboxes: all of a thread, and the longest one',
      labelNames: ['thread', 'of'],
      registers,
    });
    this.#asks = new Gauge({
      name: 'parley_open_asks',
      help: 'Questions without an answer yet',
      labelNames,
      registers,
    });
    this.#links = new Gauge({
      name: 'parley_link_envelopes',
      help: 'Envelopes from one thread to another that it has not taken in yet',
      labelNames: ['thread', 'to'],
      registers,
    });
    this.#lag = new Gauge({
      name: 'parley_loop_lag_seconds',
      help: 'Highest event-loop delay since the last look',
      labelNames,
      registers,
    });
    this.#deadLetters = new Counter({
      name: 'parley_dead_letters_total',
      help: 'Messages that nobody could take',
      labelNames: ['thread', 'reason'],
      registers,
    });
    this.#counted = new Counter({
      name: 'parley_events_total',
      help: 'What a thread counts of its own',
      labelNames: ['thread', 'name'],
      registers,
    });
    this.#samples = Object.fromEntries(
      Object.entries(SAMPLES).map(([sample, { name, help, buckets }]) => [
        sample,
        new Histogram({ name, help, buckets, registers }),
      ]),
    );
  }

  /** What the threads of a helper pool have counted. */
  observePool(pool: string, counters: Readonly<Record<string, number>>): void {
    const thread = `helper:${pool}`;
    this.#observeCounters(thread, counters);
  }

  observe(thread: ThreadName, stats: ThreadStats): void {
    this.#actors.set({ thread }, stats.actors);
    this.#mailboxes.set({ thread, of: 'all' }, stats.mailboxDepth);
    this.#mailboxes.set({ thread, of: 'longest' }, stats.mailboxLongest);
    this.#asks.set({ thread }, stats.asks);
    this.#lag.set({ thread }, stats.loopLagMs / 1000);
    for (const [to, value] of Object.entries(stats.links)) this.#links.set({ thread, to }, value);
    for (const [reason, value] of Object.entries(stats.deadLetters)) {
      this.#deadLetters.inc({ thread, reason }, this.#rise(`${thread} dead ${reason}`, value));
    }
    this.#observeCounters(thread, stats.counters);
    for (const [sample, values] of Object.entries(stats.samples)) {
      const asked = sample.startsWith(ASK) ? sample.slice(ASK.length) : null;
      if (asked !== null) for (const ms of values) this.#askSeconds.observe({ thread: asked }, ms / 1000);
      const scale = SAMPLES[sample]?.scale ?? 1;
      for (const value of values) this.#samples[sample]?.observe(value * scale);
    }
  }

  #observeCounters(thread: string, counters: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counters)) {
      const rise = (): number => this.#rise(`${thread} counter ${name}`, value);
      if (name.startsWith(DATABASE)) this.#database.observe(thread, name.slice(DATABASE.length), value, rise);
      else if (name.startsWith(NOTICES)) {
        this.#notices ??= new NoticeMetrics(this.#registers);
        this.#notices.observe(name.slice(NOTICES.length), value, rise);
      } else this.#counted.inc({ thread, name }, rise());
    }
  }

  /** A restarted thread begins at 0 again: then all it counted is new. */
  #rise(key: string, value: number): number {
    const last = this.#last.get(key) ?? 0;
    this.#last.set(key, value);
    return value >= last ? value - last : value;
  }
}
