import type { Clock } from '../../../runtime/clock.ts';
import type { LoggedEvent } from '../../logged-event.ts';
import type { CommitStats, WriteOutcome, WriteResult } from '../../outcome.ts';
import type { CommitWatch } from '../../write-trace.ts';
import { advancePosition } from '../../rules/advance-position.ts';
import { appendMessage } from '../../rules/append-message.ts';
import { hideConversation, openConversation } from '../../rules/conversation.ts';
import { CLOCK_OFFSET_MAX_MS } from '../clock-offset.ts';
import { changeSettings } from '../../rules/conversation-settings.ts';
import { setBlock } from '../../rules/set-block.ts';
import { setReaction } from '../../rules/set-reaction.ts';
import { causeOf, DatabaseError, failsAllWrites, isLocked } from '../database-error.ts';
import { failedOutcome } from '../failed-outcome.ts';
import { logsIn } from '../queries/log.ts';
import { statement, type Database, type Sql } from '../sql.ts';
import { BatchRecords } from './batch-records.ts';
import { pairConcerned, usersConcerned, type BatchedWrite } from './batched-write.ts';
import { flush } from './flush.ts';
import { loadBatch, type LockedHead } from './load.ts';
import { UserRows } from './user-rows.ts';

interface BatchOptions {
  readonly clock: Clock;
  readonly onCommit?: ((stats: CommitStats) => void) | undefined;
}

/** Commits batches of writes of messages, positions and conversations: locks the users of a batch, loads what the rules may ask for,
 *  runs the rules, and writes what they have changed, in one transaction [P1]. The locks make the numbers exact, however many hosts
 *  write [P2] [P3] [P4]. A repeated message is answered by the transaction too: what was committed elsewhere, but waits for a standby,
 *  is then waited for here as well. */
export class BatchCommit {
  readonly #database: Pick<Database, 'query' | 'transaction'>;
  readonly #clock: Clock;
  readonly #onCommit: ((stats: CommitStats) => void) | undefined;
  readonly #userRows: UserRows;

  constructor(database: Pick<Database, 'query' | 'transaction'>, { clock, onCommit }: BatchOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#onCommit = onCommit;
    this.#userRows = new UserRows(database);
  }

  /** Applies the writes in order, at one `now`, and commits them together. Answers in the same order. If one write fails, its answer is
   *  `internal` and the others are kept. If the database cannot be reached, or its answer is lost, all answers are `unavailable`. If
   *  somebody else keeps users locked, only the writes that concern these users are answered so. */
  async commit(batch: readonly BatchedWrite[], watch?: CommitWatch): Promise<readonly WriteOutcome[]> {
    const started = this.#clock.monotonic();
    let cause: string | undefined;
    let outcomes: readonly WriteOutcome[];
    try {
      outcomes = await this.#transact(batch, watch);
    } catch (error) {
      cause = causeOf(error);
      if (batch.length === 1) outcomes = [failedOutcome(error)];
      else if (isLocked(error)) outcomes = await this.#withoutLocked(batch, error, watch);
      else if (failsAllWrites(error)) outcomes = batch.map(() => failedOutcome(error));
      else outcomes = await this.#oneByOne(batch, watch);
    }
    this.#onCommit?.({
      size: batch.length,
      durationMs: this.#clock.monotonic() - started,
      failures: outcomes.filter(({ ok }) => !ok).length,
      ...(cause === undefined ? {} : { cause }),
    });
    return outcomes;
  }

  /** After somebody else has kept a user of the batch locked: only the writes that concern such a user fail. */
  async #withoutLocked(
    batch: readonly BatchedWrite[],
    cause: unknown,
    watch: CommitWatch | undefined,
  ): Promise<readonly WriteOutcome[]> {
    try {
      const free = await this.#freeUsers(batch);
      const isFree = (write: BatchedWrite): boolean => {
        const { first, second } = pairConcerned(write);
        return free.has(first) && free.has(second);
      };
      const rest = batch.filter(isFree);
      const applied = rest.length === 0 ? [] : await this.#transact(rest, watch);
      let at = 0;
      return batch.map((write) => (isFree(write) ? applied[at++] : undefined) ?? failedOutcome(cause));
    } catch (error) {
      return batch.map(() => failedOutcome(error));
    }
  }

  /** The ids of the batch's users without those that are locked now. */
  async #freeUsers(batch: readonly BatchedWrite[]): Promise<ReadonlySet<string>> {
    const ids = usersConcerned(batch);
    const rows = await this.#userRows.of(ids);
    const known = [...new Set(rows.values())];
    const free = new Set(
      (await this.#database.transaction((sql) => sql.query(FREE, [known]))).map(([row]) => row),
    );
    // A user who does not exist is in nobody's way.
    return new Set([...ids].filter((id) => free.has(rows.get(id) ?? NaN) || !rows.has(id)));
  }

  /** After a fault of one write, which is not known: each in a transaction of its own. */
  async #oneByOne(
    batch: readonly BatchedWrite[],
    watch: CommitWatch | undefined,
  ): Promise<readonly WriteOutcome[]> {
    const outcomes: WriteOutcome[] = [];
    for (const write of batch) {
      try {
        outcomes.push(...(await this.#transact([write], watch)));
      } catch (error) {
        outcomes.push(failedOutcome(error));
      }
    }
    return outcomes;
  }

  async #transact(
    batch: readonly BatchedWrite[],
    watch: CommitWatch | undefined,
  ): Promise<readonly WriteOutcome[]> {
    const rows = await this.#userRows.of(usersConcerned(batch));
    const work = async (sql: Sql): Promise<readonly WriteOutcome[]> => {
      watch?.begun();
      const loaded = await loadBatch(sql, batch, rows);
      checkHeads(loaded.heads, rows);
      const records = new BatchRecords(loaded, rows);
      // Under the locks, so that times rise with the numbers.
      const now = notBefore(loaded.lastSentAt, this.#clock.now());
      const applied = applyAll(records, batch, now);
      await flush(sql, records);
      await fillTold(sql, records, now);
      return applied;
    };
    try {
      const outcomes = await this.#database.transaction(work, { waitsOnce: true });
      watch?.committed();
      return outcomes;
    } catch (error) {
      // Perhaps the database has failed over to one that has not all users, and gives their rows to others.
      this.#userRows.forget();
      throw error;
    }
  }
}

/** Hosts know the database's time to some milliseconds only, and another one may have stored the message before this one a little
 *  later than it is here. A difference that no host may have is not followed: then the clock of the database was set. */
const notBefore = (lastSentAt: number, now: number): number =>
  lastSentAt - now > CLOCK_OFFSET_MAX_MS ? now : Math.max(lastSentAt, now);

const FREE = statement<[row: number]>(
  'free_heads',
  'SELECT user_row FROM heads WHERE user_row = ANY($1::bigint[]) FOR UPDATE SKIP LOCKED',
);

/** Whether the rows are still those of the users that were asked for. @throws DatabaseError `unavailable` */
const checkHeads = (heads: readonly LockedHead[], rows: ReadonlyMap<string, number>): void => {
  const ids = new Map(heads.map(({ row, id }) => [row, id]));
  for (const [id, row] of rows) {
    if (ids.get(row) !== id)
      throw new DatabaseError(
        'unavailable',
        '',
        `row ${String(row)} is no longer that of the user asked for`,
      );
  }
};

const applyAll = (
  records: BatchRecords,
  batch: readonly BatchedWrite[],
  now: number,
): readonly WriteOutcome[] => {
  const rules = {
    appendMessage: appendMessage(records),
    setReaction: setReaction(records),
    advancePosition: advancePosition(records),
    openConversation: openConversation(records),
    hideConversation: hideConversation(records),
    changeSettings: changeSettings(records),
    setBlock: setBlock(records),
  };
  return batch.map(({ type, input }) => {
    const events: LoggedEvent[] = [];
    records.events = events;
    // Table and union are made from the same map, so the input fits the rule found under its type.
    const apply = rules[type] as (tx: null, input: unknown, now: number) => WriteResult;
    return { ok: true, result: apply(null, input, now), events };
  });
};

/** Asks the log for the events that are announced as queries will return them. */
const fillTold = async (sql: Sql, { told }: BatchRecords, now: number): Promise<void> => {
  if (told.length === 0) return;
  const pages = await logsIn(
    sql,
    told.map(({ userId, cursor }) => ({ userId, after: cursor - 1 })),
    1,
    now,
  );
  // From the end, so that positions among the events of a write stay what they were.
  for (const [n, { userId, cursor, events, at }] of [...told.entries()].reverse()) {
    const event = pages[n]?.events[0];
    if (event?.cursor !== cursor) throw new Error(`no event ${String(cursor)}`);
    events.splice(at, 0, { userId, event });
  }
};
