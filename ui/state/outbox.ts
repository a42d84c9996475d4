import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { Clock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import type { Failure } from './model.ts';

/** A message as it waits on disk. `order` rises in the order written. `id` was made before the first attempt and
 *  never changes, so a retry after a crash or a year is the same message (SPEC P2). */
export interface Waiting {
  readonly order: number;
  readonly id: string;
  readonly chatId: string;
  /** To whom. A server that was restored may not have the conversation any more, and makes it anew for this person. */
  readonly peerId?: string;
  readonly text: string;
  readonly at: string;
  readonly failure: Failure | null;
}

/** The `order` of a row that the disk has not taken, so that it stands behind all others. Never written there. */
export const UNWRITTEN = Number.MAX_SAFE_INTEGER;

export interface OutboxStore {
  /** Ascending by `order`. */
  all(): Promise<readonly Waiting[]>;
  /** Gives the next `order`. */
  add(waiting: Omit<Waiting, 'order'>): Promise<Waiting>;
  put(waiting: Waiting): Promise<void>;
  /** Behind all others and without its failure, in one step: at no moment is it not there. Null: it is gone. */
  requeue(id: string): Promise<Waiting | null>;
  remove(id: string): Promise<void>;
}

export interface OutboxDeps {
  readonly store: OutboxStore;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  /** Part of the lock names: one person's windows share an outbox. */
  readonly owner: string;
  /** False when it did not leave. */
  readonly transmit: (waiting: Waiting) => boolean;
  /** No answer in time: the connection is not to be trusted. */
  readonly onSilence: () => void;
  readonly onFailed: (id: string, code: ErrorCode) => void;
}

type Answer =
  | { readonly type: 'stored' }
  | { readonly type: 'refused'; readonly code: ErrorCode }
  | { readonly type: 'lost' };

const ANSWER_MS = 20_000;
const PAUSE_MS = 1_500;
/** Refusals that pass with time; the same id may be sent again. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'too_many_requests',
  'unavailable',
  'internal',
  'unauthorized',
]);

/** Sends what was written: per conversation one message in flight, in the order written. A conversation's turn is
 *  held by a lock over all windows, so two of them neither send twice nor overtake each other; a window whose
 *  connection is down gives its turn up. */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #turns = new Map<string, { again: boolean }>();
  readonly #asked = new Map<string, (answer: Answer) => void>();
  #online = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Resolves when the message is kept: true on disk, false in memory, where the disk does not take it. */
  async add(waiting: Omit<Waiting, 'order' | 'failure'>): Promise<boolean> {
    const { order } = await this.#deps.store.add({ ...waiting, failure: null });
    void this.pump(waiting.chatId);
    return order !== UNWRITTEN;
  }

  /** Sends a refused message again, after everything written since. */
  async retry(id: string): Promise<void> {
    const waiting = await this.#deps.store.requeue(id);
    if (waiting !== null) void this.pump(waiting.chatId);
  }

  async discard(id: string): Promise<void> {
    await this.#deps.store.remove(id);
    this.stored(id);
  }

  /** The connection is there, or gone. What was in flight is asked again after the next `sync`. */
  connected(online: boolean): void {
    this.#online = online;
    if (online) {
      void this.pumpAll();
      return;
    }
    for (const answer of [...this.#asked.values()]) answer({ type: 'lost' });
  }

  /** The server has it, whichever window sent it. */
  stored(id: string): void {
    void this.#deps.store.remove(id);
    this.#asked.get(id)?.({ type: 'stored' });
  }

  refused(id: string, code: ErrorCode): void {
    this.#asked.get(id)?.({ type: 'refused', code });
  }

  async pumpAll(): Promise<void> {
    const all = await this.#deps.store.all();
    for (const chatId of new Set(all.map((waiting) => waiting.chatId))) void this.pump(chatId);
  }

  /** Sends until nothing of this conversation waits or the connection is gone. Resolves then. */
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
      const head = all.find((waiting) => waiting.chatId === chatId && waiting.failure === null);
      if (head === undefined) return;
      const answer = await this.#attempt(head);
      if (answer.type === 'lost') return;
      if (answer.type === 'stored') {
        await this.#deps.store.remove(head.id);
      } else if (PASSING.has(answer.code)) {
        await this.#pause();
      } else {
        await this.#deps.store.put({ ...head, failure: answer.code });
        this.#deps.onFailed(head.id, answer.code);
      }
    }
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
