import { replyTo, type Question, type ReplyTo } from '../runtime/actor.ts';
import { sharedMicros, type Timer } from '../runtime/clock.ts';
import type { Fault } from '../runtime/envelope.ts';
import { THREAD_GONE } from '../runtime/fault.ts';
import type { Host } from '../runtime/host.ts';
import { andThen, type MaybePromise } from '../runtime/maybe-promise.ts';
import type { WriteOutcome } from './outcome.ts';
import { WriteTrace, type CommitWatch, type WriteTimes } from './write-trace.ts';
import { REPEATED_AFTER_MS, type WriteMessage, type WriteName, type Writes } from './writes.ts';

const WAITING_MAX = 20_000;
/** Writes in one batch. On a slow machine, with a new conversation for each, that takes a third of a second: less than the time
 *  after which missing heartbeats count as a hang. */
const BATCH_MAX = 1_000;
/** Nobody waits for a receipt, and a message usually follows soon, so a receipt waits this long to share its commit. */
const RECEIPT_LINGERS_MS = 10;
/** Rows of one step of what takes long. A step takes some milliseconds, so that a write which arrives meanwhile hardly waits. */
export const STEP_ROWS = 100;
/** Steps follow each other immediately until all partners are told. After that the writer pauses between them: for a
 *  multiple of the time that a step took, and at least for some milliseconds. */
const STEP_REST = 2;
const STEP_REST_MIN_MS = 4;
const STEP_AGAIN_MS = 1_000;
/** Whoever asks for one of these asks again after `REPEATED_AFTER_MS` without an answer, with what is true by then. The commit and the answer
 *  have half of that time. */
const TAKEN_WITHIN_MS = REPEATED_AFTER_MS / 2;
const REPEATED: ReadonlySet<WriteName> = new Set([
  ...(['openConnection', 'closeConnections', 'showConnection', 'settlePresence', 'advancePosition'] as const),
]);
/** Writes that may leave steps to do. */
const SEVERAL_STEPS: ReadonlySet<WriteName> = new Set([
  ...(['deleteUser', 'changeProfile', 'setAvatar', 'continueSteps'] as const),
]);
const FULL: Fault = {
  code: 'unavailable',
  detail: 'Too many writes are waiting; try again.',
  retryAfterS: 1,
};

const GONE = { ok: false, fault: THREAD_GONE } as const;

const isUnavailable = (outcome: WriteOutcome): boolean => !outcome.ok && outcome.fault.code === 'unavailable';

type Committed = Extract<WriteOutcome, { ok: true }>;

/** What commits batches. */
export interface BatchStore {
  /** Commits the writes of a batch together, or each of those that can be. Answers in their order. Never rejects. `watch`: for a batch whose
   *  commit is timed. */
  commit(batch: readonly WriteMessage[], watch?: CommitWatch): MaybePromise<readonly WriteOutcome[]>;
  /** The name of the lane a write goes through. Writes of one lane are applied in the order of their arrival, and lanes do not wait
   *  for each other. Absent: there is one lane. */
  readonly laneOf?: (type: WriteName) => string;
}

interface Waiting {
  readonly write: WriteMessage;
  readonly offeredAt: number;
  readonly replyTo: ReplyTo<Writes[WriteName]['out']> | undefined;
  /** Of a write whose way is recorded. */
  readonly trace: WriteTrace | undefined;
}

/** A write that may ask for its way to be recorded. */
type TraceableWrite = WriteMessage & Question<Writes[WriteName]['out']> & { readonly traced?: true };

/** The writer's mailbox. All waiting writes of a lane, 1,000 at most, are committed as one batch; the next one begins when it has
 *  ended. Whether a batch is one transaction is for the store to say. Only receipts wait for a timer: at rest a write is committed at once, and under load batches grow by themselves. After the commit,
 *  in order, each write is announced and whoever asked for it is answered [D1]. */
export class WriteQueue {
  readonly #host: Host;
  readonly #store: BatchStore;
  readonly #announce: (write: WriteMessage, outcome: Committed) => void;
  readonly #onTraced: ((write: WriteMessage, times: WriteTimes) => void) | undefined;
  readonly #lanes = new Map<string, Lane>();
  /** The next step of deletions and of changed profiles. */
  #stepping: Timer | undefined;
  #draining = false;
  /** While it drains: the store has taken nothing of the last batch. The stop does not wait until it has refused all others too. */
  #isAway = false;

  /** `announce`: tells people what a committed write has put into their logs. Called for each, in the order of commits. `onTraced`: hears of
   *  a write whose way is recorded, after that and before its answer. */
  constructor(
    host: Host,
    store: BatchStore,
    announce: (write: WriteMessage, outcome: Committed) => void,
    onTraced?: (write: WriteMessage, times: WriteTimes) => void,
  ) {
    this.#host = host;
    this.#store = store;
    this.#announce = announce;
    this.#onTraced = onTraced;
    host.serve(
      'writer',
      (write: TraceableWrite, asker) => {
        const trace = write.traced === true ? new WriteTrace(this.#sharedNow) : undefined;
        this.#offer({ write, replyTo: replyTo(write, asker), trace, offeredAt: host.clock.monotonic() });
      },
      () => this.size,
    );
  }

  /** Writes that are not answered yet. */
  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.size;
    return size;
  }

  /** Continues what was decided before the writer was restarted. */
  continueSteps(): void {
    this.#continueIn(0);
  }

  /** Commits all that waits; for the orderly stop. What takes more steps is done after the next start. */
  drain(): MaybePromise<void> {
    this.#draining = true;
    this.#stepping?.cancel();
    const draining = [...this.#lanes.values()].map((lane) => lane.drain());
    const unfinished = draining.filter((each) => each instanceof Promise);
    return unfinished.length === 0 ? undefined : Promise.all(unfinished).then(() => undefined);
  }

  #offer(waiting: Waiting): void {
    const { size } = this;
    this.#host.depths.record(size + 1);
    if (size >= WAITING_MAX) {
      this.#answer(waiting, { ok: false, fault: FULL });
      return;
    }
    this.#laneOf(waiting.write.type).offer(waiting);
  }

  #laneOf(type: WriteName): Lane {
    const name = this.#store.laneOf?.(type) ?? '';
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(this.#host.clock, (batch) => this.#commit(batch));
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  #commit(offered: readonly Waiting[]): MaybePromise<void> {
    const started = this.#host.clock.monotonic();
    const batch = offered.filter((waiting) => !this.#isLate(waiting, started));
    if (batch.length === 0) return undefined;
    if (this.#isAway) {
      for (const waiting of batch) this.#answer(waiting, GONE);
      return undefined;
    }
    const trace = batch.find((waiting) => waiting.trace !== undefined)?.trace;
    if (trace !== undefined) trace.batch = batch.length;
    const writes = batch.map(({ write }) => write);
    return andThen(this.#store.commit(writes, trace), (outcomes) => {
      this.#isAway = this.#draining && outcomes.every(isUnavailable);
      batch.forEach((waiting, i) => {
        const outcome = outcomes[i] ?? GONE;
        if (outcome.ok) this.#announce(waiting.write, outcome);
        this.#answer(waiting, outcome);
        if (SEVERAL_STEPS.has(waiting.write.type))
          this.#scheduleSteps(outcome, this.#host.clock.monotonic() - started);
      });
    });
  }

  /** Whether its answer would come too late, after it was asked for again. It gets none: a queue that commits what nobody waits for makes
   *  what is behind it late too, which is then given up as well, and never gets any shorter. */
  #isLate({ write, offeredAt }: Waiting, now: number): boolean {
    if (!REPEATED.has(write.type) || now - offeredAt < TAKEN_WITHIN_MS) return false;
    this.#host.deadLetters.add('expired', undefined);
    return true;
  }

  readonly #sharedNow = (): number => sharedMicros(this.#host.clock.monotonic());

  /** After a failure too: the write may have been committed nevertheless. */
  #scheduleSteps(outcome: WriteOutcome, tookMs: number): void {
    if (!outcome.ok) this.#continueIn(STEP_AGAIN_MS);
    else if ('left' in outcome.result && outcome.result.left !== 'none') {
      const rest = Math.max(STEP_REST_MIN_MS, STEP_REST * tookMs);
      this.#continueIn(outcome.result.left === 'telling' ? 0 : rest);
    }
  }

  #continueIn(ms: number): void {
    if (this.#draining) return;
    this.#stepping?.cancel();
    this.#stepping = this.#host.clock.after(ms, () => {
      this.#stepping = undefined;
      if (this.size >= WAITING_MAX) {
        this.#continueIn(STEP_AGAIN_MS);
        return;
      }
      const write: WriteMessage = { type: 'continueSteps', input: { rows: STEP_ROWS } };
      this.#offer({ write, replyTo: undefined, trace: undefined, offeredAt: this.#host.clock.monotonic() });
    });
  }

  #answer({ write, replyTo, trace }: Waiting, outcome: WriteOutcome): void {
    if (trace !== undefined) this.#onTraced?.(write, trace.times);
    if (outcome.ok) this.#host.reply(replyTo, outcome.result);
    else this.#host.fail(replyTo, outcome.fault);
  }
}

/** Writes that are committed in the order of their arrival, one batch at a time. */
class Lane {
  readonly #clock: Host['clock'];
  readonly #commitBatch: (batch: readonly Waiting[]) => MaybePromise<void>;
  #waiting: Waiting[] = [];
  /** The batch under way. */
  #committing: Promise<void> | undefined;
  #committingSize = 0;
  #scheduled = false;
  #lingering: Timer | undefined;

  constructor(clock: Host['clock'], commit: (batch: readonly Waiting[]) => MaybePromise<void>) {
    this.#clock = clock;
    this.#commitBatch = commit;
  }

  get size(): number {
    return this.#waiting.length + this.#committingSize;
  }

  offer(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#scheduled || this.#committing !== undefined) return;
    if (waiting.write.type === 'advancePosition') {
      this.#lingering ??= this.#clock.after(RECEIPT_LINGERS_MS, () => {
        this.#turn();
      });
      return;
    }
    this.#schedule();
  }

  /** Commits what waits, in as many batches as it takes. */
  drain(): MaybePromise<void> {
    if (this.#committing !== undefined) return this.#committing.then(() => this.drain());
    while (this.#waiting.length > 0) {
      const committing = this.#commit();
      if (committing !== undefined) return committing.then(() => this.drain());
    }
    return undefined;
  }

  #schedule(): void {
    this.#scheduled = true;
    // After the poll phase, so that the batch includes everything that has arrived on any port.
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
    });
  }

  /** One batch. Between two the thread takes in what has come, heartbeats too: a long queue is not a hang. */
  #turn(): void {
    if (this.#committing !== undefined) return;
    const committing = this.#waiting.length > 0 ? this.#commit() : undefined;
    if (committing === undefined && this.#waiting.length > 0 && !this.#scheduled) this.#schedule();
  }

  /** Undefined once the batch is committed, which it may be at once. */
  #commit(): Promise<void> | undefined {
    this.#lingering?.cancel();
    this.#lingering = undefined;
    const batch = this.#waiting.splice(0, BATCH_MAX);
    const done = this.#commitBatch(batch);
    if (!(done instanceof Promise)) return undefined;
    this.#committingSize = batch.length;
    this.#committing = done.finally(() => {
      this.#committing = undefined;
      this.#committingSize = 0;
      if (this.#waiting.length > 0 && !this.#scheduled) this.#schedule();
    });
    return this.#committing;
  }
}
