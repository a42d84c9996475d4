import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import { STORE_FAULT } from './count-names.ts';

type Kind = 'damaged' | 'full' | 'disk' | 'memory' | 'busy' | 'unreachable' | 'overloaded' | 'standby';

/** What the operator can do about each kind of fault. */
const ADVICE: Readonly<Record<Kind, string>> = {
  damaged:
    'The database is damaged. Stop the server, keep a copy of the database, and restore the newest backup.',
  full: 'The disk is full. Make room on the filesystem of the database.',
  disk: 'The disk or the filesystem of the database does not work. Check it, then start the server again.',
  memory: 'The database can get no memory. Give the server more, or stop what else uses it.',
  unreachable:
    'PostgreSQL does not answer. Check that it runs, and the network on the way there. Parley goes on by itself when it is back.',
  overloaded:
    'PostgreSQL accepts no further connection or work. Raise its max_connections, or lower PARLEY_DATABASE_POOL.',
  standby:
    'The PostgreSQL server only reads: it is a standby, or was made one. Parley waits for a primary among its hosts.',
  busy: 'Another process holds the database. Only one server may use a data directory.',
};
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^SQLITE_(CORRUPT|NOTADB)/, 'damaged'],
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_NOMEM|^SQLITE_IOERR_NOMEM/, 'memory'],
  [/^SQLITE_(BUSY|LOCKED|PROTOCOL)/, 'busy'],
  [/^SQLITE_/, 'disk'],
  // SQLSTATE, and codes of the network.
  [/^XX00[12]/, 'damaged'],
  [/^53100/, 'full'],
  [/^58/, 'disk'],
  [/^53200/, 'memory'],
  [/^53/, 'overloaded'],
  [/^25006/, 'standby'],
];
const AGAIN_MS = 3_600_000;

/** Reports faults of the store from all threads to the operator: one log line per kind and hour, with advice. After damage,
 *  `/readyz` fails until the server is restarted. Main thread only. */
export class StoreHealth {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #toldAt = new Map<Kind, number>();
  /** How far each thread's counters of faults had come, by thread and name. */
  readonly #seen = new Map<string, number>();
  #damaged = false;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  get check(): 'ok' | 'damaged' {
    return this.#damaged ? 'damaged' : 'ok';
  }

  /** The counters of a thread; those that are not of the store are left out. A thread that was started again counts from 0. */
  observe(thread: string, counters: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counters)) {
      if (!name.startsWith(STORE_FAULT)) continue;
      const key = `${thread} ${name}`;
      const isNew = value !== (this.#seen.get(key) ?? 0) && value > 0;
      this.#seen.set(key, value);
      if (isNew) this.#tell(name.slice(STORE_FAULT.length), thread);
    }
  }

  #tell(code: string, thread: string): void {
    const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'unreachable';
    if (kind === 'damaged') this.#damaged = true;
    const now = this.#clock.monotonic();
    if (now - (this.#toldAt.get(kind) ?? -Infinity) < AGAIN_MS) return;
    this.#toldAt.set(kind, now);
    this.#log.error({ kind, code, thread, advice: ADVICE[kind] }, 'store.fault');
  }
}
