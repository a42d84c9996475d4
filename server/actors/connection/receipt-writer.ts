import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { REPEATED_AFTER_MS } from '../../storage/writes.ts';
import { writer } from '../services/writer.ts';
import { ReceiptProgress, type Receipt } from './receipt-progress.ts';

/** Receipts that come within this many milliseconds of the ones before wait for each other. Nobody sees so short a delay of a tick. */
export const GATHER_MS = 25;
/** Writes under way at once: as many as one commit takes. When this many wait, they wait no longer. */
export const WRITES_AT_ONCE = 1_000;
/** Users, each with one conversation, whose receipts are not written yet. Further ones are refused. */
export const UNWRITTEN_MAX = 20_000;
const RETRY_MS = 250;
/** Whose receipts are remembered, so that those of another device of the same user don't reach the writer. */
const REMEMBERED = 10_000;

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
  readonly #written = new RecentMap<string, ReceiptProgress>(REMEMBERED);
  /** Keys of what is written next. */
  readonly #due = new Set<string>();
  readonly #failed = new Set<string>();
  #underWay = 0;
  #flushedAt = -Infinity;
  #timer: Timer | undefined;
  #retryTimer: Timer | undefined;
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
    const progress = this.#written.get(key) ?? new ReceiptProgress(receipt);
    progress.want(receipt);
    if (!progress.isDue) return true;
    this.#unwritten.set(key, progress);
    this.#isDue(key);
    return true;
  }

  /** Hands on what waits, because the host stops. What fails from now on is not tried again. */
  stop(): void {
    this.#isStopped = true;
    this.#retryTimer?.cancel();
    this.#flush();
    this.#timer?.cancel();
  }

  #isDue(key: string): void {
    this.#due.add(key);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#due.size === 0 || this.#underWay >= WRITES_AT_ONCE) return;
    const untilMs = this.#flushedAt + GATHER_MS - this.#clock.monotonic();
    if (untilMs <= 0 || this.#due.size >= WRITES_AT_ONCE) this.#flush();
    else
      this.#timer ??= this.#clock.after(untilMs, () => {
        this.#flush();
      });
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flushedAt = this.#clock.monotonic();
    for (const key of this.#due) {
      if (this.#underWay >= WRITES_AT_ONCE) return;
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
      progress.settled(input, outcome);
      this.#settled(key, progress);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      this.#tryAgain(key);
    } finally {
      this.#underWay -= 1;
      this.#schedule();
    }
  }

  #settled(key: string, progress: ReceiptProgress): void {
    if (progress.isDue) {
      this.#due.add(key);
      return;
    }
    this.#unwritten.delete(key);
    this.#written.set(key, progress);
  }

  #tryAgain(key: string): void {
    if (this.#isStopped) return;
    this.#failed.add(key);
    this.#retryTimer ??= this.#clock.after(RETRY_MS, () => {
      this.#retryTimer = undefined;
      for (const each of this.#failed) this.#due.add(each);
      this.#failed.clear();
      this.#schedule();
    });
  }
}
