import type { Clock, Timer } from '../net/clock.ts';

const REPEAT_MS = 4_000;
const IDLE_MS = 5_000;

/** Sends typing notices: at most one every four seconds, and one when the user stops. */
export class TypingNotices {
  readonly #clock: Clock;
  readonly #send: (conversationId: string, typing: boolean) => void;
  #conversationId: string | null = null;
  #saidAt = 0;
  #idle: Timer | null = null;

  constructor(clock: Clock, send: (conversationId: string, typing: boolean) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  typed(conversationId: string): void {
    if (this.#conversationId !== null && this.#conversationId !== conversationId) this.stopped();
    const now = this.#clock.now();
    if (this.#conversationId === null || now - this.#saidAt >= REPEAT_MS) {
      this.#saidAt = now;
      this.#send(conversationId, true);
    }
    this.#conversationId = conversationId;
    this.#idle?.cancel();
    this.#idle = this.#clock.after(IDLE_MS, () => {
      this.stopped();
    });
  }

  /** Stops without sending anything. */
  stop(): void {
    this.#idle?.cancel();
    this.#conversationId = null;
  }

  stopped(): void {
    this.#idle?.cancel();
    if (this.#conversationId === null) return;
    this.#send(this.#conversationId, false);
    this.#conversationId = null;
  }
}
