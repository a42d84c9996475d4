import { systemClock, type Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { CommitStats, WriteOutcome } from '../outcome.ts';
import type { CommitWatch } from '../write-trace.ts';
import type { WriteMessage, WriteName } from '../writes.ts';
import { resetPresenceIfAlone, shortenSessions } from './at-writer-start.ts';
import { BatchCommit } from './batch/batch-commit.ts';
import { isBatched, usersConcerned, type BatchedWrite } from './batch/batched-write.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { OnDatabaseCount } from './connection-pool.ts';
import { DatabaseClock } from './database-clock.ts';
import { openDatabase } from './database.ts';
import { failedOutcome } from './failed-outcome.ts';
import { PostgresMaintenance } from './maintenance.ts';
import { HOSTS_ARE_REPLACED, ProgramGate } from './program-gate.ts';
import type { Database } from './sql.ts';
import { Unannounced } from './unannounced.ts';
import { ACCOUNT_CONNECTIONS, AccountWriter, isUrgent } from './writes/account-writer.ts';
import type { AccountWriteMessage } from './writes/account-write.ts';

export interface PostgresWriterOptions {
  readonly connection: ConnectionOptions;
  readonly clock: Clock;
  /** Whether to set everybody offline if no other host lives, as at the start of the process. */
  readonly resetPresence: boolean;
  /** How long a session lasts without being renewed. Sessions with a longer time are shortened to it [S9]. Null: they stay. */
  readonly sessionTtlMs: number | null;
  readonly onCommit: (stats: CommitStats) => void;
  readonly onCount?: OnDatabaseCount;
  /** The logs of these users may have grown, and nobody was told. */
  readonly onUnannounced?: (userIds: readonly string[] | 'all') => void;
  readonly log: Logger;
}

const CLOSE_WITHIN_MS = 500;

/** All that writes to PostgreSQL on this host: one connection for batches of messages, some for accounts, and one for background
 *  work. The two lanes do not wait for each other. */
export class PostgresWriter {
  readonly #batches: Database;
  readonly #accounts: Database;
  readonly #background: Database;
  readonly #batchCommit: BatchCommit;
  readonly #accountWriter: AccountWriter;
  readonly #maintenance: PostgresMaintenance;
  readonly #gate: ProgramGate;
  readonly #log: Logger;
  /** One line in the log for each host that is in the way, not one for each write. */
  #toldOlderHost = '';
  readonly #clock: Clock;
  readonly #unannounced: Unannounced;

  private constructor({ connection, clock, onCommit, onCount, onUnannounced, log }: PostgresWriterOptions) {
    const open = (purpose: 'write' | 'background', connections: number): Database =>
      openDatabase({ connection, purpose, connections, clock: systemClock, ...(onCount && { onCount }) });
    this.#clock = clock;
    this.#batches = open('write', 1);
    this.#accounts = open('write', ACCOUNT_CONNECTIONS);
    this.#background = open('background', 1);
    this.#gate = new ProgramGate(this.#accounts);
    this.#log = log;
    this.#batchCommit = new BatchCommit(this.#batches, { clock, onCommit });
    this.#unannounced = new Unannounced(systemClock, onUnannounced ?? (() => undefined));
    this.#accountWriter = new AccountWriter(this.#accounts, { clock, onCommit });
    this.#maintenance = new PostgresMaintenance(
      this.#background,
      (batch) => this.commit(batch),
      systemClock,
      log,
    );
  }

  /** @throws DatabaseError */
  static async open(options: PostgresWriterOptions): Promise<PostgresWriter> {
    const writer = new PostgresWriter(options);
    // Before anything is dated, pruned or shortened: the thread may begin long after the process, which measured at its own start.
    if (options.clock instanceof DatabaseClock) await options.clock.follow(writer.#background);
    if (options.resetPresence) await resetPresenceIfAlone(writer.#accounts, options.clock.now());
    if (options.sessionTtlMs !== null) await shortenSessions(writer.#accounts, options.sessionTtlMs);
    return writer;
  }

  /** Starts the background work. */
  start(): void {
    this.#maintenance.start();
  }

  laneOf(type: WriteName): string {
    if (isUrgent(type)) return 'urgent';
    return isBatched(type) ? 'messages' : 'accounts';
  }

  /** All of one lane. A write that a host of an older version could not read waits until there is none. */
  async commit(batch: readonly WriteMessage[], watch?: CommitWatch): Promise<readonly WriteOutcome[]> {
    const shut = batch.filter((write) => this.#gate.isShutFor(write));
    if (shut.length === 0) return this.#commitOpen(batch, watch);
    const refusal = await this.#openGateFor(shut);
    if (refusal === null) return this.#commitOpen(batch, watch);
    const isRefused = batch.map((write) => this.#gate.isShutFor(write));
    const committed = await this.#commitOpen(
      batch.filter((_, at) => isRefused[at] === false),
      watch,
    );
    const outcomes = committed.values();
    return isRefused.map((refused) => (refused ? refusal : (outcomes.next().value ?? refusal)));
  }

  /** Null if all of these writes may be applied; else the answer to those for which the gate stays shut. */
  async #openGateFor(writes: readonly WriteMessage[]): Promise<WriteOutcome | null> {
    try {
      const older = await this.#gate.openFor(writes);
      if (older === null) return null;
      if (older.name !== this.#toldOlderHost) this.#log.warn({ ...older }, 'hosts.older-version');
      this.#toldOlderHost = older.name;
      return { ok: false, fault: HOSTS_ARE_REPLACED };
    } catch (error) {
      return failedOutcome(error);
    }
  }

  async #commitOpen(
    batch: readonly WriteMessage[],
    watch: CommitWatch | undefined,
  ): Promise<readonly WriteOutcome[]> {
    const [first] = batch;
    if (first === undefined) return [];
    const outcomes = isBatched(first.type)
      ? await this.#batchCommit.commit(batch as readonly BatchedWrite[], watch)
      : await this.#accountWriter.commit(batch as readonly AccountWriteMessage[]);
    const unsure = batch.filter((_, at) => isUnsure(outcomes[at]));
    if (isBatched(first.type)) this.#unannounced.add(usersConcerned(unsure as readonly BatchedWrite[]));
    // A revocation or a deletion concerns others than its user too.
    else if (unsure.length > 0) this.#unannounced.addAll();
    if (outcomes.some(({ ok }) => ok)) this.#unannounced.tell();
    return outcomes;
  }

  /** Waits for what is under way, though not for a database that does not answer: a statement whose connection ends is undone there. */
  async close(): Promise<void> {
    if (this.#clock instanceof DatabaseClock) this.#clock.stop();
    const closing = this.#maintenance
      .stop()
      .then(() => Promise.all([this.#batches.close(), this.#accounts.close(), this.#background.close()]));
    await Promise.race([
      closing,
      new Promise<void>((resolve) => systemClock.after(CLOSE_WITHIN_MS, resolve)),
    ]);
  }
}

const isUnsure = (outcome: WriteOutcome | undefined): boolean =>
  outcome?.ok === false && outcome.unsure === true;
