import { Counter, Gauge, type Registry } from 'prom-client';

const RETRIES = 'retries:';

/** By the name of the count: the end of the name of the figure, and what it is. */
const GAUGES: Readonly<Record<string, readonly [string, string]>> = {
  connections: ['connections', 'Open connections to PostgreSQL'],
  waiting: ['waiting_questions', 'Questions that wait for a connection to PostgreSQL'],
};
const COUNTERS: Readonly<Record<string, string>> = {
  lost: 'Connections to PostgreSQL that ended without our doing, or did not answer in time',
  failed_connects: 'Attempts to connect to PostgreSQL that failed',
  refused: 'Questions that failed because too many waited for a connection',
  unknown_outcomes: 'Transactions whose commit was not answered; the repeat of a message finds out',
};

/** The connections of all threads to PostgreSQL. With SQLite there are none, and no series. */
export class DatabaseMetrics {
  readonly #gauges: Readonly<Record<string, Gauge<'thread'>>>;
  readonly #counters: Readonly<Record<string, Counter<'thread'>>>;
  readonly #retries: Counter<'thread' | 'code'>;

  constructor(registers: Registry[]) {
    const labelNames = ['thread'] as const;
    this.#gauges = Object.fromEntries(
      Object.entries(GAUGES).map(([count, [name, help]]) => [
        count,
        new Gauge({ name: `parley_db_${name}`, help, labelNames, registers }),
      ]),
    );
    this.#counters = Object.fromEntries(
      Object.entries(COUNTERS).map(([name, help]) => [
        name,
        new Counter({ name: `parley_db_${name}_total`, help, labelNames, registers }),
      ]),
    );
    this.#retries = new Counter({
      name: 'parley_db_retries_total',
      help: 'Transactions that were tried again, by SQLSTATE',
      labelNames: ['thread', 'code'],
      registers,
    });
  }

  /** `rise`: by how much `value` has risen since the last look. */
  observe(thread: string, name: string, value: number, rise: () => number): void {
    if (name.startsWith(RETRIES)) this.#retries.inc({ thread, code: name.slice(RETRIES.length) }, rise());
    this.#gauges[name]?.set({ thread }, value);
    this.#counters[name]?.inc({ thread }, rise());
  }
}
