import { isTemporary } from '../net/problem.ts';
import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { Clock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import { isReplyRefused } from '../model/edit.ts';
import type { Failure, MessageReference } from '../model/model.ts';

/** A file of a message that waits, under the key that this device gave it. `size`: in bytes. */
export interface CarriedFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A message that waits on disk. `order` rises in the order of writing. `id` is chosen before the first attempt and
 *  never changes, so a retry is always the same message, even after a crash or a year [P2]. */
export interface Waiting {
  readonly order: number;
  readonly id: string;
  readonly chatId: string;
  /** The recipient. A restored server may not have the conversation any more, and creates it again for this user. */
  readonly peerId?: string;
  readonly text: string;
  readonly at: string;
  readonly failure: Failure | null;
  readonly replyTo?: MessageReference;
  /** Its files, in their order. It is sent when the server has all of them. */
  readonly attachments?: readonly CarriedFile[];
}

/** A message that is sent again. If the message that it replies to is gone, it becomes an ordinary one. */
export const retried = (waiting: Waiting): Waiting => {
  const { replyTo: _replyTo, ...rest } = waiting;
  return { ...(isReplyRefused(waiting) ? rest : waiting), failure: null };
};

/** The `order` of a row that the disk has not stored, so that it comes after all others. It is never written. */
export const UNWRITTEN = Number.MAX_SAFE_INTEGER;

export interface OutboxStore {
  /** Ascending by `order`. */
  all(): Promise<readonly Waiting[]>;
  /** Assigns the next `order`. */
  add(waiting: Omit<Waiting, 'order'>): Promise<Waiting>;
  put(waiting: Waiting): Promise<void>;
  /** Moves a message to the end, `retried`, in one step, so that it is never missing. Returns null if it no longer
   *  exists. */
  requeue(id: string): Promise<Waiting | null>;
  remove(id: string): Promise<void>;
}

export interface OutboxDeps {
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  /** Part of the lock names, because all windows of one user share an outbox. */
  readonly owner: string;
  /** Whether the server has what the message needs. If not, those behind it do not wait. */
  readonly isReady: (waiting: Waiting) => boolean;
  /** The server refused a message for good. Resolves with true if it can be sent again, because what it needs is being renewed. */
  readonly renew: (waiting: Waiting) => Promise<boolean>;
  /** Returns false if the message was not sent. */
  readonly transmit: (waiting: Waiting) => boolean;
  /** No answer arrived in time, so the connection must not be trusted. */
  readonly onSilence: () => void;
  readonly onFailed: (id: string, failure: Failure) => void;
}

type Answer =
  | { readonly type: 'stored' }
  | { readonly type: 'refused'; readonly code: ErrorCode }
  | { readonly type: 'lost' };

const ANSWER_MS = 20_000;
const PAUSE_MS = 1_500;
/** Sends what was written: one message in flight per conversation, in the order written. A lock over all windows
 *  covers the turn of a conversation, so two windows neither send a message twice nor change the order. A window
 *  without a connection gives up its turn. */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #turns = new Map<string, { again: boolean }>();
  readonly #asked = new Map<string, (answer: Answer) => void>();
  #online = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Resolves when the message is stored: true if on disk, false if only in memory because the disk refused it. */
  async add(waiting: Omit<Waiting, 'order' | 'failure'>): Promise<boolean> {
    const { order } = await this.#deps.store.add({ ...waiting, failure: null });
    void this.pump(waiting.chatId);
    return order !== UNWRITTEN;
  }

  /** Sends a refused message again, after all messages that were written since. */
  async retry(id: string): Promise<void> {
    const waiting = await this.#deps.store.requeue(id);
    if (waiting !== null) void this.pump(waiting.chatId);
  }

  async discard(id: string): Promise<void> {
    await this.stored(id);
  }

  /** The connection was established or lost. Messages in flight are sent again after the next `sync`. */
  connected(online: boolean): void {
    this.#online = online;
    if (online) {
      void this.pumpAll();
      return;
    }
    for (const answer of [...this.#asked.values()]) answer({ type: 'lost' });
  }

  /** The server has stored the message, whichever window sent it. Resolves when the device no longer has it. */
  async stored(id: string): Promise<void> {
    const removed = this.#deps.store.remove(id);
    this.#asked.get(id)?.({ type: 'stored' });
    await removed;
  }

  refused(id: string, code: ErrorCode): void {
    this.#asked.get(id)?.({ type: 'refused', code });
  }

  /** A message can't be sent, and the server was not asked. */
  async fail(id: string, failure: Failure): Promise<void> {
    const waiting = (await this.#deps.store.all()).find((each) => each.id === id);
    if (waiting?.failure === null) await this.#fail(waiting, failure);
  }

  async pumpAll(): Promise<void> {
    const all = await this.#deps.store.all();
    for (const chatId of new Set(all.map((waiting) => waiting.chatId))) void this.pump(chatId);
  }

  /** Sends until no message of this conversation is waiting, or the connection is lost. Resolves then. */
  async pump(chatId: string): Promise<void> {
    const turn = this.#turns.get(chatId);
    if (turn !== undefined) {
      turn.again = true;
      return;
    }
    const mine = { again: true };
    this.#turns.set(chatId, mine);
    try {
      while (mine.again && this.#online) {
        mine.again = false;
        await this.#deps.exclusive(`parley:outbox:${this.#deps.owner}:${chatId}`, () => this.#drain(chatId));
      }
    } finally {
      this.#turns.delete(chatId);
    }
  }

  async #drain(chatId: string): Promise<void> {
    while (this.#online) {
      const all = await this.#deps.store.all();
      const head = all.find(
        (waiting) => waiting.chatId === chatId && waiting.failure === null && this.#deps.isReady(waiting),
      );
      if (head === undefined) return;
      const answer = await this.#attempt(head);
      if (answer.type === 'lost') return;
      if (answer.type === 'stored') {
        await this.#deps.store.remove(head.id);
      } else if (isTemporary(answer.code)) {
        await this.#pause();
      } else if (answer.code !== 'bad_request' || !(await this.#deps.renew(head))) {
        await this.#fail(head, answer.code);
      }
    }
  }

  async #fail(waiting: Waiting, failure: Failure): Promise<void> {
    await this.#deps.store.put({ ...waiting, failure });
    this.#deps.onFailed(waiting.id, failure);
  }

  async #attempt(head: Waiting): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => {
      this.#asked.set(head.id, resolve);
    });
    if (!this.#deps.transmit(head)) {
      this.#asked.delete(head.id);
      return { type: 'lost' };
    }
    const timer = this.#deps.clock.after(ANSWER_MS, () => {
      this.#asked.get(head.id)?.({ type: 'lost' });
      this.#deps.onSilence();
    });
    try {
      return await answer;
    } finally {
      timer.cancel();
      this.#asked.delete(head.id);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.after(PAUSE_MS, resolve);
    });
  }
}
