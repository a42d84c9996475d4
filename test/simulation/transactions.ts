import type { Life, Scheduler } from './scheduler.ts';

/** One that a writer has sent. */
interface Transaction {
  /** Of the writer's thread. */
  readonly life: Life;
  /** Whom it is about. */
  readonly users: ReadonlySet<string>;
  /** What the database does once the commit has arrived. */
  readonly land: () => void;
}

/** The transactions of all hosts on their way to the database. A transaction locks the users whom it is about before its COMMIT is sent, and
 *  lets go of them when it is committed or undone. A writer that runs may be overtaken on its way to these locks. Of one that is gone nothing
 *  more is sent: either the database has its locks and gets the COMMIT, however late, or the transaction is undone. Both come before
 *  whatever else is committed for one of these users. */
export class Transactions {
  readonly #scheduler: Scheduler;
  /** Of the database. */
  readonly #life: Life;
  /** In the order in which they were sent. */
  readonly #underWay = new Set<Transaction>();

  constructor(scheduler: Scheduler, life: Life) {
    this.#scheduler = scheduler;
    this.#life = life;
  }

  /** `ms`: how long it is under way if it has to wait for nobody. */
  send(transaction: Transaction, ms: number): void {
    this.#underWay.add(transaction);
    this.#arriveIn(ms, transaction);
  }

  #arriveIn(ms: number, transaction: Transaction): void {
    this.#scheduler.after(
      ms,
      () => {
        this.#arrive(transaction);
      },
      this.#life,
    );
  }

  #arrive(transaction: Transaction): void {
    // It had to end before another one.
    if (!this.#underWay.has(transaction)) return;
    const first = this.#holderOfLocks(transaction) ?? transaction;
    if (first !== transaction) this.#arriveIn(0, transaction);
    this.#underWay.delete(first);
    first.land();
  }

  #holderOfLocks(waiting: Transaction): Transaction | undefined {
    for (const other of this.#underWay)
      if (other !== waiting && isGone(other) && shareUsers(other, waiting)) return other;
    return undefined;
  }
}

const isGone = ({ life }: Transaction): boolean => !life.alive || life.process?.isFrozen === true;

const shareUsers = (a: Transaction, b: Transaction): boolean =>
  [...a.users].some((each) => b.users.has(each));
