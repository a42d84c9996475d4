import type { Client, QueryArrayResult } from 'pg';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { DatabaseError, databaseErrorOf, isStale } from './database-error.ts';
import type { Statement } from './sql.ts';

export interface StatementAnswer {
  readonly rows: readonly (readonly unknown[])[];
  readonly changed: number;
  /** The first word of what the server says it did: `COMMIT`, `ROLLBACK`, `INSERT` … */
  readonly command: string;
}

/** One session on a server. Statements run in the order of the calls, and are sent without waiting for the answer before. */
export class DatabaseConnection {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #answerWithinMs: number;
  #timer: Timer | null = null;
  #waitingFor = 0;
  #lastAnswer = 0;
  #lost: DatabaseError | null = null;
  #warning: string | null = null;
  #onLost: (reason: DatabaseError) => void = () => undefined;
  #onNotification: (payload: string) => void = () => undefined;

  /** `client` is connected or about to be. */
  constructor(client: Client, clock: Clock, answerWithinMs: number) {
    this.#client = client;
    this.#clock = clock;
    this.#answerWithinMs = answerWithinMs;
    client.on('error', (error) => {
      this.drop(databaseErrorOf(error));
    });
    client.on('end', () => {
      this.drop(new DatabaseError('unavailable', '', 'the connection to the database has ended'));
    });
    client.on('notification', ({ payload }) => {
      this.#onNotification(payload ?? '');
    });
    client.on('notice', ({ code, message }) => {
      if (!(code ?? '00').startsWith('00')) this.#warning = `${code ?? ''} ${message ?? ''}`;
    });
  }

  get isUsable(): boolean {
    return this.#lost === null;
  }

  /** Called once, when the connection is lost or was dropped. */
  set onLost(onLost: (reason: DatabaseError) => void) {
    this.#onLost = onLost;
  }

  /** Called with what comes on the channels that a LISTEN on this connection names. */
  set onNotification(onNotification: (payload: string) => void) {
    this.#onNotification = onNotification;
  }

  /** The last warning of the server since this was asked before, or null. */
  takeWarning(): string | null {
    const warning = this.#warning;
    this.#warning = null;
    return warning;
  }

  /** @throws DatabaseError */
  async send(
    statement: Statement<readonly unknown[]>,
    values: readonly unknown[] = [],
  ): Promise<StatementAnswer> {
    if (this.#lost !== null) throw this.#lost;
    this.#expectAnswer();
    try {
      const { name, text } = statement;
      const answer = await this.#client.query({ name, text, values: values as unknown[], rowMode: 'array' });
      return answerOf(answer);
    } catch (error) {
      throw this.#failureOf(error);
    } finally {
      this.#waitingFor -= 1;
      this.#lastAnswer = this.#clock.monotonic();
    }
  }

  /** Closes the socket and nothing else. A statement that is under way is not cancelled: a cancelled COMMIT makes visible what a
   *  failover would lose. */
  drop(reason: DatabaseError): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    this.#timer?.cancel();
    this.#client.connection.stream.destroy();
    this.#onLost(reason);
  }

  /** Says goodbye to the server, and closes the socket if it does not do so in time. Nothing may be under way. */
  async end(withinMs: number): Promise<void> {
    if (this.#lost !== null) return;
    this.#onLost = () => undefined;
    // A process that has nothing else to do ends now, and not when the timer does.
    this.#timer?.cancel();
    const late = this.#clock.after(withinMs, () => {
      this.drop(new DatabaseError('unavailable', 'ETIMEDOUT', 'the database has not closed the connection'));
    });
    await this.#client.end();
    late.cancel();
  }

  #failureOf(error: unknown): DatabaseError {
    const failure = databaseErrorOf(error);
    if (isStale(error)) this.drop(failure);
    // What the server said is better to know than that the socket was closed then.
    return this.#lost === null || failure.code !== '' ? failure : this.#lost;
  }

  #expectAnswer(): void {
    this.#waitingFor += 1;
    if (this.#waitingFor > 1) return;
    this.#lastAnswer = this.#clock.monotonic();
    if (this.#timer === null) this.#watch(this.#answerWithinMs);
  }

  /** One timer for many statements: it looks again when the newest answer would be late, and rests while nothing is awaited. */
  #watch(ms: number): void {
    if (ms === Infinity) return;
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = null;
      if (this.#waitingFor === 0 || this.#lost !== null) return;
      const left = this.#lastAnswer + this.#answerWithinMs - this.#clock.monotonic();
      if (left > 0) {
        this.#watch(left);
        return;
      }
      const message = `the database has not answered within ${String(this.#answerWithinMs)} ms`;
      this.drop(new DatabaseError('unavailable', 'ETIMEDOUT', message));
    });
  }
}

/** A text of several statements has several answers; nobody asks for them. */
const answerOf = (answer: QueryArrayResult<unknown[]> | readonly unknown[]): StatementAnswer =>
  'rows' in answer
    ? { rows: answer.rows, changed: answer.rowCount ?? 0, command: answer.command }
    : { rows: [], changed: 0, command: '' };
