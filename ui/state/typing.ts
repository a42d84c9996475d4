import type { Clock, Timer } from '../net/clock.ts';

const REPEAT_MS = 4_000;
const IDLE_MS = 5_000;

/** Says that one is typing: at most every four seconds, and that one stopped. */
export class TypingNotices {
  readonly #clock: Clock;
  readonly #send: (chatId: string, typing: boolean) => void;
  #chatId: string | null = null;
  #saidAt = 0;
  #idle: Timer | null = null;

  constructor(clock: Clock, send: (chatId: string, typing: boolean) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  typed(chatId: string): void {
    if (this.#chatId !== null && this.#chatId !== chatId) this.stopped();
    const now = this.#clock.now();
    if (this.#chatId === null || now - this.#saidAt >= REPEAT_MS) {
      this.#saidAt = now;
      this.#send(chatId, true);
    }
    this.#chatId = chatId;
    this.#idle?.cancel();
    this.#idle = this.#clock.after(IDLE_MS, () => {
      this.stopped();
    });
  }

  /** Nothing is said any more. */
  stop(): void {
    this.#idle?.cancel();
    this.#chatId = null;
  }

  stopped(): void {
    this.#idle?.cancel();
    if (this.#chatId === null) return;
    this.#send(this.#chatId, false);
    this.#chatId = null;
  }
}
