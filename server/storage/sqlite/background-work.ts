import type { Clock } from '../../runtime/clock.ts';
import type { WriteMessage, WriteName } from '../writes.ts';
import { CheckpointPace } from './checkpoint.ts';
import { Erasure } from './erasure.ts';
import type { Generation } from './files/generation.ts';
import type { WriteOutcome } from '../outcome.ts';
import type { WorkBesideBatches } from './group-commit.ts';
import type { Db } from './open.ts';
import { IndexScheduler } from './search/index-scheduler.ts';
import { Indexer } from './search/indexer.ts';
import type { Tx, WriteConnection } from './transactions.ts';

/** The writes of background work. */
const BEHIND: ReadonlySet<WriteName> = new Set([
  ...(['prune', 'deleteUser', 'continueSteps'] as const),
  ...(['removeMessages', 'endRetention'] as const),
]);

/** What the writer does besides the writes it is asked for: the search index, which shares their transactions, and erasing the
 *  traces of deleted users, which needs steps of its own between them. */
export class BackgroundWork implements WorkBesideBatches {
  readonly #indexer: Indexer;
  readonly #indexScheduler: IndexScheduler;
  readonly #erasure: Erasure;
  readonly #checkpoints: CheckpointPace;

  constructor(db: Db, connection: WriteConnection, clock: Clock, log: Pick<Generation, 'advance'>) {
    this.#indexer = new Indexer(connection, clock);
    this.#indexScheduler = new IndexScheduler(this.#indexer, clock);
    this.#erasure = new Erasure(db, () => log.advance());
    this.#checkpoints = new CheckpointPace(db, clock, (patienceMs) => log.advance(patienceMs));
  }

  begin(): void {
    this.#indexScheduler.begin();
  }

  alongWith(tx: Tx, writes: number): void {
    this.#indexScheduler.along(tx, writes);
  }

  committed(): void {
    this.#indexer.committed();
  }

  /** Runs a step of erasing deleted names. The answer of a `prune` says if there is more to do. */
  afterBatch(batch: readonly WriteMessage[], outcomes: readonly WriteOutcome[]): readonly WriteOutcome[] {
    if (!batch.some(({ type }) => BEHIND.has(type))) return outcomes;
    const settled = outcomes.map((outcome, at): WriteOutcome => {
      const write = batch[at];
      if (!outcome.ok) return outcome;
      const isErased = write?.type !== 'prune' || this.#erasure.step(write.input.budget);
      return isErased ? outcome : { ...outcome, result: { more: true } };
    });
    const isLeft = outcomes.some(
      (outcome) => outcome.ok && 'left' in outcome.result && outcome.result.left !== 'none',
    );
    const isRemoving = batch.some(({ type }) => type === 'removeMessages');
    this.#checkpoints.set(isLeft || isRemoving || this.#erasure.pending());
    return settled;
  }

  /** Does a share of the index if too many messages wait for it, and empties the log if it is long. */
  catchUp(writes: number): void {
    this.#indexScheduler.catchUp(writes);
    this.#checkpoints.committed();
  }

  /** A step of the search index, over at most `budget` messages and for about `ms` milliseconds. Says whether there is more. */
  indexSome(budget?: number, ms?: number): boolean {
    const isMore = this.#indexScheduler.step(budget, ms);
    this.#checkpoints.committed();
    return isMore;
  }

  /** Messages that searches read without the index. */
  indexBacklog(): number {
    return this.#indexer.backlog();
  }
}
