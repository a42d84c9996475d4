import type { Clock } from '../../../runtime/clock.ts';
import type { CommitStats, WriteOutcome } from '../../outcome.ts';
import type { Database } from '../sql.ts';
import type { WriteName } from '../../writes.ts';
import type { AccountWriteMessage } from './account-write.ts';
import { applyAccountWrite, applyTogether } from './apply-account-write.ts';
import { isSharedWrite, type SharedWrite } from './connections.ts';
import { keysOf } from './write-keys.ts';

/** Transactions at the same moment: each takes a connection. */
const AT_ONCE = 4;
/** They wait for no other write: a heartbeat that came late would be taken for silence, and a probe says whether the database can write
 *  and not how much there is to do. */
const URGENT: readonly WriteName[] = ['heartbeat', 'probe'];
export const isUrgent = (type: WriteName): boolean => URGENT.includes(type);
/** How many connections a writer uses at the same moment. */
export const ACCOUNT_CONNECTIONS = AT_ONCE + URGENT.length;
/** Writes about connections in one transaction. */
const TOGETHER_MAX = 64;

/** What one transaction takes: writes about connections of different users, or a single write of another kind. */
type Portion = { readonly write: AccountWriteMessage } | { readonly together: readonly SharedWrite[] };
type OnFault = (cause: string) => void;

interface AccountWriterOptions {
  /** Agrees with the database's. */
  readonly clock: Clock;
  readonly onCommit?: ((stats: CommitStats) => void) | undefined;
}

/** Commits the writes about accounts: those of one user, name or address one after the other, in the order of their arrival, and the
 *  others side by side. Each has a transaction of its own, but for those about connections, which go together where they follow each
 *  other. */
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
    const newest = new Map<string, Promise<unknown>>();
    const portions = portionsOf(batch).map((portion) => {
      const keys = ('write' in portion ? [portion.write] : portion.together).flatMap(keysOf);
      const earlier = keys.flatMap((key) => newest.get(key) ?? []);
      const outcomes = this.#applyAfter(earlier, portion, (cause) => causes.push(cause));
      for (const key of keys) newest.set(key, outcomes);
      return outcomes;
    });
    const outcomes = (await Promise.all(portions)).flat();
    this.#onCommit?.({
      size: batch.length,
      durationMs: this.#clock.monotonic() - started,
      failures: outcomes.filter(({ ok }) => !ok).length,
      ...(causes[0] === undefined ? {} : { cause: causes[0] }),
    });
    return outcomes;
  }

  async #applyAfter(
    earlier: readonly Promise<unknown>[],
    portion: Portion,
    onFault: OnFault,
  ): Promise<readonly WriteOutcome[]> {
    await Promise.all(earlier);
    if ('write' in portion) return [await this.#applyOne(portion.write, onFault)];
    const { together } = portion;
    const outcomes = await this.#withPlace(() =>
      applyTogether(this.#database, together, this.#clock.now(), onFault),
    );
    return await Promise.all(
      together.map(async (write, at) => outcomes[at] ?? (await this.#applyOne(write, onFault))),
    );
  }

  #applyOne(write: AccountWriteMessage, onFault: OnFault): Promise<WriteOutcome> {
    const apply = () => applyAccountWrite(this.#database, write, this.#clock.now(), onFault);
    return isUrgent(write.type) ? apply() : this.#withPlace(apply);
  }

  async #withPlace<T>(work: () => Promise<T>): Promise<T> {
    await this.#acquire();
    try {
      return await work();
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

/** The batch in its order, cut into what one transaction takes. */
const portionsOf = (batch: readonly AccountWriteMessage[]): readonly Portion[] => {
  const portions: Portion[] = [];
  let together: SharedWrite[] = [];
  let users = new Set<string>();
  for (const write of batch) {
    if (!isSharedWrite(write)) {
      together = [];
      portions.push({ write });
      continue;
    }
    if (together.length === 0 || together.length === TOGETHER_MAX || users.has(write.input.userId)) {
      together = [];
      users = new Set();
      portions.push({ together });
    }
    together.push(write);
    users.add(write.input.userId);
  }
  return portions;
};
