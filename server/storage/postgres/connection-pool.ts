import type { Clock, Timer } from '../../runtime/clock.ts';
import { connectToPrimary, type Purpose } from './connect.ts';
import type { DatabaseConnection } from './connection.ts';
import { databaseName, type ConnectionOptions } from './connection-options.ts';
import { DatabaseError, databaseErrorOf } from './database-error.ts';

export interface DatabaseOptions {
  readonly connection: ConnectionOptions;
  readonly purpose: Purpose;
  /** At most this many connections at a time. They are made when they are needed. */
  readonly connections: number;
  readonly clock: Clock;
  /** At most this many questions wait for a connection; the next one fails. 4,096 if it is not given. */
  readonly waitingMax?: number;
  readonly onCount?: OnDatabaseCount;
}

/** What the connections of a thread are counted by. The first two fall too: connections there are, and questions that wait for one. */
export type DatabaseCount =
  | 'connections'
  | 'waiting'
  | 'lost'
  | 'failed_connects'
  | 'refused'
  /** Transactions of which it is not known whether they were committed. */
  | 'unknown_outcomes'
  /** Transactions that were tried again, by SQLSTATE. */
  | `retries:${string}`;
export type OnDatabaseCount = (name: DatabaseCount, by: number) => void;

/** For metrics. The last three only rise. */
export interface DatabaseStats {
  readonly connections: number;
  readonly busy: number;
  readonly waiting: number;
  /** Questions that failed because too many were waiting. */
  readonly refused: number;
  readonly lost: number;
  readonly failedConnects: number;
}

const WAITING_MAX = 4_096;
const BACK_OFF_MS = { least: 50, most: 2_000 };
/** For the goodbye to the server. A host that is dark says nothing. */
const GOODBYE_MS = 500;

interface Waiting {
  readonly resolve: (connection: DatabaseConnection) => void;
  readonly reject: (error: DatabaseError) => void;
}

/** Connections to the primary. After a failed attempt there is no other one for 50 ms, doubled with each further failure up to
 *  2 s. Whoever reads and finds no connection meanwhile waits for the next attempt, so that a database that is back answers at once;
 *  everybody else fails at once. An answer that does not come in time is such a failure too: the server still has the session, and
 *  one that hangs is not to collect them. */
export class ConnectionPool {
  readonly #options: DatabaseOptions;
  readonly #idle: DatabaseConnection[] = [];
  readonly #all = new Set<DatabaseConnection>();
  readonly #waiting: Waiting[] = [];
  #connecting = 0;
  #host = 0;
  #backOffMs = 0;
  #nextAttempt = -Infinity;
  #laterAttempt: Timer | null = null;
  #lastFailure: DatabaseError | null = null;
  #refused = 0;
  #lost = 0;
  #failedConnects = 0;
  #isClosed = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  get stats(): DatabaseStats {
    return {
      connections: this.#all.size,
      busy: this.#all.size - this.#idle.length,
      waiting: this.#waiting.length,
      refused: this.#refused,
      lost: this.#lost,
      failedConnects: this.#failedConnects,
    };
  }

  /** A connection for one caller, who gives it back with `release`. @throws DatabaseError `unavailable` */
  async acquire(): Promise<DatabaseConnection> {
    if (this.#isClosed) throw new DatabaseError('unavailable', '', 'the database was closed');
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    this.#connectIfUseful(this.#waiting.length + 1);
    if (this.#all.size + this.#connecting === 0) {
      if (this.#options.purpose !== 'read') throw this.#notNow();
      this.#connectAfterBackOff();
    }
    if (this.#waiting.length >= (this.#options.waitingMax ?? WAITING_MAX)) {
      this.#refused += 1;
      this.#count('refused');
      throw new DatabaseError('unavailable', '', 'too many questions wait for the database');
    }
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#count('waiting');
    });
  }

  release(connection: DatabaseConnection): void {
    if (!connection.isUsable) return;
    this.#endBackOff();
    this.#offer(connection);
  }

  /** Waits until every connection was given back. Background work gets a moment, and then its connections are dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#laterAttempt?.cancel();
    this.#rejectWaiting(new DatabaseError('unavailable', '', 'the database was closed'));
    const { purpose, clock } = this.#options;
    const isBackground = purpose === 'background';
    const late = isBackground ? clock.after(GOODBYE_MS, this.#dropAll.bind(this)) : undefined;
    await Promise.all(this.#idle.splice(0).map((idle) => this.#end(idle)));
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      this.#tellIfEmpty();
    });
    late?.cancel();
  }

  #dropAll(): void {
    for (const connection of this.#all)
      connection.drop(new DatabaseError('unavailable', '', 'the database was closed'));
  }

  #count(name: DatabaseCount, by = 1): void {
    if (by !== 0) this.#options.onCount?.(name, by);
  }

  #forget(connection: DatabaseConnection): void {
    if (this.#all.delete(connection)) this.#count('connections', -1);
  }

  #offer(connection: DatabaseConnection): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#count('waiting', -1);
      next.resolve(connection);
    } else if (this.#isClosed) void this.#end(connection);
    else this.#idle.push(connection);
  }

  async #end(connection: DatabaseConnection): Promise<void> {
    await connection.end(GOODBYE_MS);
    this.#forget(connection);
    this.#tellIfEmpty();
  }

  #tellIfEmpty(): void {
    if (this.#all.size + this.#connecting === 0) this.#onEmpty?.();
  }

  /** `wanted`: how many wait for a connection. */
  #connectIfUseful(wanted: number): void {
    const { clock, connections } = this.#options;
    if (clock.monotonic() < this.#nextAttempt) return;
    if (this.#connecting >= wanted || this.#all.size + this.#connecting >= connections) return;
    this.#connecting += 1;
    void this.#connect();
  }

  #connectAfterBackOff(): void {
    const { clock } = this.#options;
    this.#laterAttempt ??= clock.after(Math.max(0, this.#nextAttempt - clock.monotonic()), () => {
      this.#laterAttempt = null;
      if (this.#waiting.length === 0) return;
      this.#connectIfUseful(this.#waiting.length);
      // A timer may be early by a fraction of a millisecond.
      if (this.#connecting === 0) this.#connectAfterBackOff();
    });
  }

  async #connect(): Promise<void> {
    const { connection: options, purpose, clock } = this.#options;
    try {
      const { connection, at } = await connectToPrimary(options, purpose, clock, this.#host);
      this.#connecting -= 1;
      this.#host = at;
      this.#add(connection);
    } catch (error) {
      this.#connecting -= 1;
      this.#failedConnects += 1;
      this.#count('failed_connects');
      this.#backOff(databaseErrorOf(error));
      this.#endVainWaiting();
    }
    this.#tellIfEmpty();
  }

  #backOff(failure: DatabaseError): void {
    this.#lastFailure = failure;
    const { least, most } = BACK_OFF_MS;
    this.#backOffMs = Math.min(most, Math.max(least, this.#backOffMs * 2));
    this.#nextAttempt = this.#options.clock.monotonic() + this.#backOffMs;
  }

  /** Somebody got answers: that a connection could be made is not enough. */
  #endBackOff(): void {
    this.#backOffMs = 0;
    this.#nextAttempt = -Infinity;
  }

  #add(connection: DatabaseConnection): void {
    this.#all.add(connection);
    this.#count('connections');
    connection.onLost = (reason) => {
      this.#lost += 1;
      if (reason.code === 'ETIMEDOUT') this.#backOff(reason);
      this.#count('lost');
      this.#forget(connection);
      const at = this.#idle.indexOf(connection);
      if (at !== -1) this.#idle.splice(at, 1);
      if (this.#waiting.length > 0) this.#connectIfUseful(this.#waiting.length);
      this.#endVainWaiting();
      this.#tellIfEmpty();
    };
    // Lost between its first answer and here.
    if (connection.isUsable) this.#offer(connection);
    else this.#forget(connection);
    if (this.#waiting.length > 0) this.#connectIfUseful(this.#waiting.length);
  }

  /** Nobody waits for a connection that nobody makes. */
  #endVainWaiting(): void {
    if (this.#all.size + this.#connecting === 0) this.#rejectWaiting(this.#notNow());
  }

  #rejectWaiting(error: DatabaseError): void {
    const vain = this.#waiting.splice(0);
    this.#count('waiting', -vain.length);
    for (const { reject } of vain) reject(error);
  }

  #notNow(): DatabaseError {
    const { code, message } = this.#lastFailure ?? { code: '', message: '' };
    const name = databaseName(this.#options.connection);
    return new DatabaseError('unavailable', code, message || `no connection to ${name}`);
  }
}
