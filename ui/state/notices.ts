import type { Clock, Timer } from '../net/clock.ts';
import type { Chat, ChatMessage } from './model.ts';

/** Every reason there is for not telling somebody of a message: they don't want to be told, the conversation is gone,
 *  they have read it (here or on any device), or it stands in front of them. */
export type Silence = 'off' | 'gone' | 'read' | 'inSight';

export interface NoticeFacts {
  readonly wanted: boolean;
  readonly chat: Chat | undefined;
  readonly seq: number;
  readonly inSight: boolean;
}

/** Why nothing is said, or null: the person is told. Nothing else keeps a message quiet. */
export const silenceOf = ({ wanted, chat, seq, inSight }: NoticeFacts): Silence | null => {
  if (!wanted) return 'off';
  if (chat === undefined) return 'gone';
  if (seq <= chat.readSeq.me) return 'read';
  return inSight ? 'inSight' : null;
};

export interface NoticeDeps {
  readonly clock: Clock;
  readonly chat: (chatId: string) => Chat | undefined;
  readonly wanted: () => boolean;
  /** Somebody looks at this conversation in this window. */
  readonly inSight: (chatId: string) => boolean;
  readonly show: (chat: Chat, message: ChatMessage) => void;
}

/** Time for the reading on another window or device to become known here. */
export const NOTICE_MS = 700;

/** Tells of messages that came while somebody looks elsewhere: of each conversation the newest. What was missed while the
 *  connection was gone is told when it is back; what came before this window was there stands in the list. */
export class Notices {
  readonly #deps: NoticeDeps;
  readonly #waiting = new Map<string, ChatMessage>();
  #begun = false;
  #live = false;
  #timer: Timer | null = null;

  constructor(deps: NoticeDeps) {
    this.#deps = deps;
  }

  received(message: ChatMessage): void {
    this.#waiting.set(message.chatId, message);
    if (this.#live) this.#soon();
  }

  connected(live: boolean): void {
    this.#live = live;
    if (!live) return;
    if (!this.#begun) this.#waiting.clear();
    this.#begun = true;
    if (this.#waiting.size > 0) this.#soon();
  }

  /** What waits is of another history than the server's. */
  forget(): void {
    this.#waiting.clear();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #soon(): void {
    this.#timer ??= this.#deps.clock.after(NOTICE_MS, () => {
      this.#timer = null;
      if (this.#live) this.#tell();
    });
  }

  #tell(): void {
    const { chat, wanted, inSight, show } = this.#deps;
    for (const [chatId, message] of this.#waiting) {
      const facts = { wanted: wanted(), chat: chat(chatId), seq: message.seq ?? 0, inSight: inSight(chatId) };
      if (silenceOf(facts) === null && facts.chat !== undefined) show(facts.chat, message);
    }
    this.#waiting.clear();
  }
}
