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
/** Rows that one step of a deletion touches: some milliseconds, so that a write which comes meanwhile hardly waits. */
export const DELETION_ROWS = 100;
/** While partners are told of a deletion its steps follow each other; then the writer rests so many times as long as a step took,
 *  and at least so many milliseconds. */
const DELETION_REST = 2;
const DELETION_REST_MIN_MS = 4;
const DELETION_AGAIN_MS = 1_000;
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
  #waiting: Waiting[] = [];
  #scheduled = false;
  #lingering: Timer | undefined;
  /** The next step of the deletions that have been decided. */
  #deleting: Timer | undefined;
  #draining = false;

  /** `tell`: tells people of events that are in their logs now. */
  constructor(
    host: Host,
    store: Pick<GroupCommit, 'commit'>,
    tell: (events: readonly LoggedEvent[]) => void,
  ) {
    this.#host = host;
    this.#store = store;
    this.#tell = tell;
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

  /** Goes on with deletions that an earlier life of the writer has decided. */
  continueDeletions(): void {
    this.#continueIn(0);
  }

  /** Commits all that waits; for the orderly stop. What deletions still have to do is done after the next start. */
  drain(): void {
    this.#draining = true;
    this.#deleting?.cancel();
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
    const started = this.#host.clock.monotonic();
    const outcomes = this.#store.commit(batch.map(({ write }) => write));
    batch.forEach((waiting, i) => {
      const outcome = outcomes[i] ?? GONE;
      if (outcome.ok && outcome.events.length > 0) this.#tell(outcome.events);
      this.#answer(waiting, outcome);
      const { type } = waiting.write;
      if (type === 'deleteUser' || type === 'continueDeletions')
        this.#scheduleDeletions(outcome, this.#host.clock.monotonic() - started);
    });
  }

  #scheduleDeletions(outcome: WriteOutcome, tookMs: number): void {
    if (!outcome.ok) this.#continueIn(DELETION_AGAIN_MS);
    else if ('left' in outcome.result && outcome.result.left !== 'none') {
      const rest = Math.max(DELETION_REST_MIN_MS, DELETION_REST * tookMs);
      this.#continueIn(outcome.result.left === 'telling' ? 0 : rest);
    }
  }

  #continueIn(ms: number): void {
    if (this.#draining) return;
    this.#deleting?.cancel();
    this.#deleting = this.#host.clock.after(ms, () => {
      this.#deleting = undefined;
      const write: WriteMessage = { type: 'continueDeletions', input: { rows: DELETION_ROWS } };
      this.#offer({ write, replyTo: undefined });
    });
  }

  #answer({ replyTo }: Waiting, outcome: WriteOutcome): void {
    if (replyTo === undefined) return;
    if (outcome.ok) this.#host.answer({ k: 'reply', token: replyTo.token, result: outcome.result }, replyTo);
    else this.#host.answer({ k: 'fault', token: replyTo.token, fault: outcome.fault }, replyTo);
  }
}
