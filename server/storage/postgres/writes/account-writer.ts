import type { Clock } from '../../../runtime/clock.ts';
import type { CommitStats, WriteOutcome } from '../../outcome.ts';
import type { Database } from '../sql.ts';
import type { AccountWriteMessage } from './account-write.ts';
import { applyAccountWrite } from './apply-account-write.ts';
import { keysOf } from './write-keys.ts';

/** Transactions at the same moment: each takes a connection. */
const AT_ONCE = 4;

interface AccountWriterOptions {
  /** Agrees with the database's. */
  readonly clock: Clock;
  readonly onCommit?: ((stats: CommitStats) => void) | undefined;
}

/** Commits the writes that have a transaction each: those of one user, name or address one after the other, in the order of their
 *  arrival, and the others side by side. */
export class AccountWriter {
  readonly #database: Pick<Database, 'transaction'>;
  readonly #clock: Clock;
  readonly #onCommit: ((stats: CommitStats) => void) | undefined;
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;

  constructor(database: Pick<Database, 'transaction'>, { clock, onCommit }: AccountWriterOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#onCommit = onCommit;
  }

  /** Answers in the order of the batch, once all of it is committed or refused. Each write has its own `now`. Never rejects. */
  async commit(batch: readonly AccountWriteMessage[]): Promise<readonly WriteOutcome[]> {
    const started = this.#clock.monotonic();
    const causes: string[] = [];
    const newest = new Map<string, Promise<WriteOutcome>>();
    const outcomes = await Promise.all(
      batch.map((write) => {
        const keys = keysOf(write);
        const earlier = keys.flatMap((key) => newest.get(key) ?? []);
        const outcome = this.#applyAfter(earlier, write, (cause) => causes.push(cause));
        for (const key of keys) newest.set(key, outcome);
        return outcome;
      }),
    );
    this.#onCommit?.({
      size: batch.length,
      durationMs: this.#clock.monotonic() - started,
      failures: outcomes.filter(({ ok }) => !ok).length,
      ...(causes[0] === undefined ? {} : { cause: causes[0] }),
    });
    return outcomes;
  }

  async #applyAfter(
    earlier: readonly Promise<WriteOutcome>[],
    write: AccountWriteMessage,
    onFault: (cause: string) => void,
  ): Promise<WriteOutcome> {
    await Promise.all(earlier);
    await this.#acquire();
    try {
      return await applyAccountWrite(this.#database, write, this.#clock.now(), onFault);
    } finally {
      this.#release();
    }
  }

  async #acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Whoever has waited longest takes the place over. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
