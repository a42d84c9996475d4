import { Counter, Gauge, type Registry } from 'prom-client';

/** Counters of this name, followed by a `DatabaseCount`, are what threads count of their connections to PostgreSQL. */
export const DATABASE = 'database:';
const RETRIES = 'retries:';

const GAUGES: Readonly<Record<string, string>> = {
  connections: 'Open connections to PostgreSQL',
  waiting: 'Questions that wait for a connection to PostgreSQL',
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
      Object.entries(GAUGES).map(([name, help]) => [
        name,
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
