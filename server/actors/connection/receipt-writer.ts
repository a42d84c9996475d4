import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { REPEATED_AFTER_MS } from '../../storage/writes.ts';
import { writer } from '../services/writer.ts';
import { ReceiptProgress, type PositionOutcome, type Receipt } from './receipt-progress.ts';

/** Receipts that come within this many milliseconds of the ones before wait for each other. Nobody sees so short a delay of a tick. */
export const GATHER_MS = 25;
/** Writes under way at once: as many as one commit takes. When this many wait, they wait no longer. */
export const WRITES_AT_ONCE = 1_000;
/** Users, each with one conversation, whose receipts are not written yet. Further ones are refused. */
export const UNWRITTEN_MAX = 20_000;
/** After the store took nothing: how long to wait, and how many writes are tried then, until one is answered. */
const RETRY_MS = 250;
const TRIED_AT_ONCE = 16;
/** Whose receipts are remembered, and for how long, so that those of another device of the same user don't reach the writer. */
const REMEMBERED = 10_000;
const REMEMBERED_MS = 10_000;

interface Written {
  readonly progress: ReceiptProgress;
  readonly at: number;
}

/** Has the receipts of all connections of a host written. The first one after a pause is written at once. Those that follow go together:
 *  each crossing to the writer's thread and each commit costs more than a receipt. There is one write at a time for each user and
 *  conversation, and what comes meanwhile is joined into the next one [R2]. A write whose outcome is unknown is made again, which is
 *  harmless [R1] [P8].
 *
 *  `npm run perf:compare -- --before CHECKOUT --only parley` measures what the gathering saves. */
export class ReceiptWriter {
  readonly #host: Pick<Host, 'ask'>;
  readonly #clock: Clock;
  /** By user and conversation: all with something to write, or being written. */
  readonly #unwritten = new Map<string, ReceiptProgress>();
  #written = new RecentMap<string, Written>(REMEMBERED);
  /** Keys of what is written next. */
  readonly #due = new Set<string>();
  #underWay = 0;
  #flushedAt = -Infinity;
  #timer: Timer | undefined;
  /** The store takes nothing, as far as is known. */
  #isRefused = false;
  /** Nothing is written until then. */
  #pause: Timer | undefined;
  #isStopped = false;

  constructor(host: Pick<Host, 'ask'>, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** For how many users and conversations something is not written yet. */
  get waiting(): number {
    return this.#unwritten.size;
  }

  /** False if too many wait, because the store takes nothing. */
  add(receipt: Receipt): boolean {
    const key = `${receipt.userId} ${receipt.conversationId}`;
    const unwritten = this.#unwritten.get(key);
    if (unwritten !== undefined) {
      unwritten.want(receipt);
      return true;
    }
    if (this.#unwritten.size >= UNWRITTEN_MAX) return false;
    const progress = this.#remembered(key) ?? new ReceiptProgress(receipt);
    progress.want(receipt);
    if (!progress.isDue) return true;
    this.#unwritten.set(key, progress);
    this.#due.add(key);
    this.#schedule();
    return true;
  }

  /** Hands on everything, because the host stops. What fails from now on is not tried again. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#pause?.cancel();
    for (const key of this.#unwritten.keys()) void this.#write(key);
  }

  #remembered(key: string): ReceiptProgress | undefined {
    const written = this.#written.get(key);
    const isRecent = written !== undefined && this.#clock.monotonic() - written.at < REMEMBERED_MS;
    return isRecent ? written.progress : undefined;
  }

  get #limit(): number {
    return this.#isRefused ? TRIED_AT_ONCE : WRITES_AT_ONCE;
  }

  #schedule(): void {
    if (this.#isStopped || this.#pause !== undefined) return;
    if (this.#due.size === 0 || this.#underWay >= this.#limit) return;
    const untilMs = this.#flushedAt + GATHER_MS - this.#clock.monotonic();
    if (untilMs <= 0 || this.#due.size >= WRITES_AT_ONCE) this.#flush();
    else
      this.#timer ??= this.#clock.after(untilMs, () => {
        this.#timer = undefined;
        if (this.#pause === undefined) this.#flush();
      });
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flushedAt = this.#clock.monotonic();
    for (const key of this.#due) {
      if (this.#underWay >= this.#limit) return;
      this.#due.delete(key);
      void this.#write(key);
    }
  }

  async #write(key: string): Promise<void> {
    const progress = this.#unwritten.get(key);
    if (progress === undefined) return;
    const input = progress.next;
    this.#underWay += 1;
    try {
      const outcome = await this.#host.ask(writer, { type: 'advancePosition', input }, REPEATED_AFTER_MS);
      this.#isRefused = false;
      this.#settled(key, progress, input, outcome);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      if (error.code === 'unavailable') this.#tryAgain(key);
      // A fault of the server: to say it again would only repeat it.
      else this.#settled(key, progress, input, { kind: 'not-found' });
    } finally {
      this.#underWay -= 1;
      this.#schedule();
    }
  }

  #settled(key: string, progress: ReceiptProgress, input: Receipt, outcome: PositionOutcome): void {
    progress.settled(input, outcome);
    if (progress.isDue) {
      this.#due.add(key);
      return;
    }
    this.#unwritten.delete(key);
    this.#written.set(key, { progress, at: this.#clock.monotonic() });
  }

  /** After a pause, because each write may fail in the turn in which it is asked for. */
  #tryAgain(key: string): void {
    this.#due.add(key);
    this.#isRefused = true;
    if (this.#isStopped || this.#pause !== undefined) return;
    this.#forget();
    this.#pause = this.#clock.after(RETRY_MS, () => {
      this.#pause = undefined;
      this.#schedule();
    });
  }

  /** Another primary of the database may have taken over, without the end of what the one before had stored. */
  #forget(): void {
    this.#written = new RecentMap(REMEMBERED);
    for (const progress of this.#unwritten.values()) progress.forget();
  }
}
