import { THREAD_GONE } from '../runtime/faults.ts';
import type { ReplyTo } from '../runtime/actor.ts';
import type { Fault } from '../runtime/envelope.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Host } from '../runtime/host.ts';
import type { LoggedEvent, WriteMessage } from './store.ts';
import type { GroupCommit, WriteOutcome } from './group-commit.ts';

const WAITING_MAX = 20_000;
/** A third of a second on a slow machine, with a new conversation for each: less than heartbeats may stay unanswered. */
const BATCH_MAX = 1_000;
/** Nobody waits for a receipt, and a message mostly comes soon after: it need not have a commit of its own. */
const RECEIPT_LINGERS_MS = 10;
/** Anonymising all of a person's messages is one transaction: about 10 µs each, and there may be a million. */
const DELETION_MS = 30_000;
const FULL: Fault = {
  code: 'unavailable',
  detail: 'Too many writes are waiting; try again.',
  retryAfterS: 1,
};

const GONE = { ok: false, fault: THREAD_GONE } as const;

interface Waiting {
  readonly write: WriteMessage;
  readonly replyTo: ReplyTo | undefined;
}

/** The writer's mailbox: what waits when the thread gets to it, 1,000 at most, becomes one transaction. Without a timer but
 *  for receipts: at rest a write waits for nobody, under load batches grow by themselves. After the commit, in its order, what each
 *  write logged is told and its asker answered. [D1] */
export class WriteQueue {
  readonly #host: Host;
  readonly #store: Pick<GroupCommit, 'commit'>;
  readonly #tell: (events: readonly LoggedEvent[]) => void;
  readonly #busy: (ms: number) => void;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #lingering: Timer | undefined;

  /** `tell`: tells people of events that are in their logs now. `busy`: says that this thread will be blocked for up to so
   *  many milliseconds. */
  constructor(
    host: Host,
    store: Pick<GroupCommit, 'commit'>,
    tell: (events: readonly LoggedEvent[]) => void,
    busy: (ms: number) => void,
  ) {
    this.#host = host;
    this.#store = store;
    this.#tell = tell;
    this.#busy = busy;
    host.serve(
      'writer',
      (write: WriteMessage, replyTo) => {
        this.#offer({ write, replyTo });
      },
      () => this.#waiting.length,
    );
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Commits all that waits; for the orderly stop. */
  drain(): void {
    while (this.#waiting.length > 0) this.#commit();
  }

  #offer(waiting: Waiting): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#answer(waiting, { ok: false, fault: FULL });
      return;
    }
    this.#waiting.push(waiting);
    if (this.#scheduled) return;
    if (waiting.write.type === 'advanceMark') {
      this.#lingering ??= this.#host.clock.after(RECEIPT_LINGERS_MS, () => {
        this.#turn();
      });
      return;
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    // After the poll phase: everything that all ports hold by now is in.
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
    });
  }

  /** One batch. Between two the thread takes in what has come, heartbeats too: a long queue is not a hang. */
  #turn(): void {
    if (this.#waiting.length > 0) this.#commit();
    if (this.#waiting.length > 0 && !this.#scheduled) this.#schedule();
  }

  #commit(): void {
    this.#lingering?.cancel();
    this.#lingering = undefined;
    const batch = this.#waiting.splice(0, BATCH_MAX);
    if (batch.some(({ write }) => write.type === 'deleteUser')) this.#busy(DELETION_MS);
    const outcomes = this.#store.commit(batch.map(({ write }) => write));
    batch.forEach((waiting, i) => {
      const outcome = outcomes[i] ?? GONE;
      if (outcome.ok && outcome.events.length > 0) this.#tell(outcome.events);
      this.#answer(waiting, outcome);
    });
  }

  #answer({ replyTo }: Waiting, outcome: WriteOutcome): void {
    if (replyTo === undefined) return;
    if (outcome.ok) this.#host.answer({ k: 'reply', token: replyTo.token, result: outcome.result }, replyTo);
    else this.#host.answer({ k: 'fault', token: replyTo.token, fault: outcome.fault }, replyTo);
  }
}
