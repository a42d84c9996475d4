import type { Clock, Timer } from '../net/clock.ts';
import { isMuted } from '../model/conversation-settings.ts';
import type { Conversation, Message } from '../model/model.ts';
import type { ReactionUpdate } from '../model/reactions.ts';

/** All reasons for not notifying the user of a message: notifications are off, the conversation is not known here, the message
 *  was read (here or on another device), the conversation is muted, or it is on screen. */
export type Silence = 'off' | 'unknown' | 'read' | 'muted' | 'inSight';

export interface NoticeFacts {
  readonly wanted: boolean;
  readonly conversation: Conversation | undefined;
  readonly seq: number;
  readonly inSight: boolean;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now: number;
}

/** Returns why there is no notification, or null if there is one. No other rule suppresses a notification. */
export const silenceOf = ({ wanted, conversation, seq, inSight, now }: NoticeFacts): Silence | null => {
  if (!wanted) return 'off';
  if (conversation === undefined) return 'unknown';
  if (seq <= conversation.readSeq.me) return 'read';
  if (isMuted(conversation, now)) return 'muted';
  return inSight ? 'inSight' : null;
};

export interface NoticeDeps {
  readonly clock: Clock;
  readonly conversation: (conversationId: string) => Conversation | undefined;
  readonly wanted: () => boolean;
  /** Whether the user is looking at this conversation in this window. */
  readonly inSight: (conversationId: string) => boolean;
  /** The time by the server's clock. */
  readonly now: () => number;
  readonly show: (conversation: Conversation, message: Message) => void;
  /** Another user has reacted to a message, and has not taken that back. */
  readonly reacted: (conversation: Conversation, reaction: ReactionUpdate) => void;
}

/** Delay in milliseconds before a notification, so that reading on another window or device can become known here. */
export const NOTICE_MS = 700;

/** How often a message waits another `NOTICE_MS` for a conversation that is not known here. It may be a new one about which the server
 *  is still being asked; one that was deleted does not come back. */
const UNKNOWN_TRIES = 40;

interface WaitingNotice {
  readonly message: Message;
  readonly tries: number;
}

/** Notifies the user of messages that arrive while they look elsewhere: of each conversation, the newest message.
 *  Messages missed during an interruption are notified after the reconnect. Messages from before this window was
 *  opened are not notified; the list shows them. */
export class Notices {
  readonly #deps: NoticeDeps;
  readonly #waiting = new Map<string, WaitingNotice>();
  /** The last reaction to each message since the last notices. */
  readonly #reactions = new Map<string, ReactionUpdate>();
  #begun = false;
  #live = false;
  #timer: Timer | null = null;
  readonly #ending = new AbortController();

  constructor(deps: NoticeDeps) {
    this.#deps = deps;
  }

  received(message: Message): void {
    this.#waiting.set(message.conversationId, { message, tries: 0 });
    if (this.#live) this.#soon();
  }

  /** Reactions missed during an interruption are only shown. */
  reacted(reaction: ReactionUpdate): void {
    if (!this.#live) return;
    this.#reactions.delete(reaction.messageId);
    this.#reactions.set(reaction.messageId, reaction);
    this.#soon();
  }

  connected(live: boolean): void {
    this.#live = live;
    if (!live) {
      this.#reactions.clear();
      return;
    }
    if (!this.#begun) this.#waiting.clear();
    this.#begun = true;
    if (this.#waiting.size > 0) this.#soon();
  }

  /** The server has another history, so the waiting messages no longer count. */
  forget(): void {
    this.#waiting.clear();
    this.#reactions.clear();
  }

  /** Aborts with `stop`. */
  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  stop(): void {
    this.#ending.abort();
    this.#timer?.cancel();
    this.forget();
  }

  #soon(): void {
    this.#timer ??= this.#deps.clock.after(NOTICE_MS, () => {
      this.#timer = null;
      if (this.#live) this.#tell();
    });
  }

  #tell(): void {
    const { conversation, wanted, inSight, now, show } = this.#deps;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [conversationId, { message, tries }] of waiting) {
      const facts = {
        wanted: wanted(),
        conversation: conversation(conversationId),
        seq: message.seq ?? 0,
        inSight: inSight(conversationId),
        now: now(),
      };
      const silence = silenceOf(facts);
      if (silence === null && facts.conversation !== undefined) show(facts.conversation, message);
      if (silence === 'unknown' && tries < UNKNOWN_TRIES)
        this.#waiting.set(conversationId, { message, tries: tries + 1 });
    }
    if (this.#waiting.size > 0) this.#soon();
    this.#tellReaction();
  }

  /** Only the last one: who looks for a fitting emoji tries several. */
  #tellReaction(): void {
    const reaction = [...this.#reactions.values()].findLast(({ emoji }) => emoji !== null);
    this.#reactions.clear();
    const conversation = reaction && this.#deps.conversation(reaction.conversationId);
    if (reaction === undefined || conversation === undefined) return;
    if (!isMuted(conversation, this.#deps.now()) || this.#deps.inSight(conversation.id))
      this.#deps.reacted(conversation, reaction);
  }
}
