import { Counter, Gauge, type Registry } from 'prom-client';

const MISSED = 'missed:';

const COUNTERS: Readonly<Record<string, string>> = {
  published: 'Notices sent to the other hosts',
  received: 'Notices received, own ones included',
  dropped: 'Notices or entries of one that were not sent: no connection, or too many; the others compare',
  repeated: 'Notices that came twice or too late',
  refused: 'Packets that no host of this cluster has sealed',
};

/** What the hosts on one database tell each other. With SQLite there is one host, and no series. */
export class NoticeMetrics {
  readonly #up: Gauge;
  readonly #hosts: Gauge;
  readonly #lost: Counter;
  readonly #counters: Readonly<Record<string, Counter>>;
  readonly #missed: Counter<'reason'>;

  constructor(registers: Registry[]) {
    this.#up = new Gauge({
      name: 'parley_broker_up',
      help: 'Whether what this host publishes comes back to it',
      registers,
    });
    this.#hosts = new Gauge({
      name: 'parley_hosts',
      help: 'Hosts on this database, this one included',
      registers,
    });
    this.#lost = new Counter({
      name: 'parley_broker_losses_total',
      help: 'Connections to the broker that were lost',
      registers,
    });
    this.#counters = Object.fromEntries(
      Object.entries(COUNTERS).map(([name, help]) => [
        name,
        new Counter({ name: `parley_notices_${name}_total`, help, registers }),
      ]),
    );
    this.#missed = new Counter({
      name: 'parley_notices_missed_total',
      help: 'Reasons to compare everything that is connected here with the database',
      labelNames: ['reason'],
      registers,
    });
  }

  /** `rise`: by how much `value` has risen since the last look. */
  observe(name: string, value: number, rise: () => number): void {
    if (name === 'up') this.#up.set(value);
    // A broker that nobody wants is not down.
    else if (name === 'off') this.#up.remove();
    else if (name === 'hosts') this.#hosts.set(value);
    else if (name === 'losses') this.#lost.inc(rise());
    else if (name.startsWith(MISSED)) this.#missed.inc({ reason: name.slice(MISSED.length) }, rise());
    else this.#counters[name]?.inc(rise());
  }
}
