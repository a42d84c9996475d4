import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { Clock, Timer } from '../net/clock.ts';
import { isTemporary } from '../net/problem.ts';
import {
  withoutPendingReaction,
  withPendingReaction,
  withReaction,
  type ReactionUpdate,
  type StoredReaction,
} from '../model/reactions.ts';
import type { MessageReference, Model } from '../model/model.ts';
import { signal } from '../model/signal.ts';

/** What this module uses of `Sync`. */
export interface ReactionDeps {
  readonly clock: Clock;
  readonly model: () => Model;
  readonly change: (edit: (model: Model) => Model) => void;
  /** Returns the id of the frame; null if there is no connection. */
  readonly send: (messageId: string, emoji: string | null) => string | null;
}

const SEND_AGAIN_MS = 3_000;
/** The maximum number of reactions that wait for the server. */
const PENDING_MOST = 200;

/** Tells the server how the user reacts to messages. A choice is shown at once, sent as soon as there is a connection, and taken
 *  back if the server refuses it. Of several choices for one message only the last one counts, so one is in flight. */
export class ReactionSender {
  /** Why a reaction was taken back, to be reported once. */
  readonly refusal = signal<ErrorCode | null>(null);
  readonly #deps: ReactionDeps;
  /** By message: what is in flight on this connection. Without a frame it was refused for now; it may be stored nevertheless, and its
   *  answer come later. */
  readonly #sent = new Map<string, { readonly frameId: string | null; readonly emoji: string | null }>();
  #timer: Timer | null = null;
  #online = false;

  constructor(deps: ReactionDeps) {
    this.#deps = deps;
  }

  /** Chooses an emoji for a message, or takes it back with null. */
  set(conversationId: string, { messageId, seq }: MessageReference, emoji: string | null): void {
    const { pendingReactions } = this.#deps.model();
    if (pendingReactions.size >= PENDING_MOST && !pendingReactions.has(messageId)) {
      this.refusal.set('too_many_requests');
      return;
    }
    this.#deps.change((model) => withPendingReaction(model, messageId, { conversationId, seq, emoji }));
    this.#send(messageId);
  }

  /** The server has stored a choice. It need not be the one that is in flight: one that was refused for now can be answered after the next
   *  one was sent. If `isOld`, nothing changed, and another of the user's devices may have changed it since. Returns the change, if there
   *  is one. */
  stored({
    conversationId,
    messageId,
    seq,
    emoji: answered,
    isOld,
  }: StoredReaction): ReactionUpdate | undefined {
    const { me, pendingReactions } = this.#deps.model();
    const sent = this.#sent.get(messageId);
    const emoji = answered === undefined ? sent?.emoji : answered;
    if (emoji === undefined) return undefined;
    const isInFlight = sent?.emoji === emoji;
    const isWanted = isInFlight && pendingReactions.get(messageId)?.emoji === emoji;
    const change = { conversationId, messageId, seq, userId: me, emoji };
    this.#deps.change((model) => {
      const next = isOld ? model : withReaction(model, change);
      return isWanted ? withoutPendingReaction(next, messageId) : next;
    });
    if (isInFlight) {
      this.#sent.delete(messageId);
      this.#send(messageId);
    }
    return isOld ? undefined : change;
  }

  /** The server refuses a frame, which may be one of these. */
  refused(frameId: string, code: ErrorCode): void {
    const [messageId, sent] = [...this.#sent].find(([, each]) => each.frameId === frameId) ?? [];
    if (messageId === undefined || sent === undefined) return;
    if (isTemporary(code)) {
      this.#sent.set(messageId, { ...sent, frameId: null });
      this.#timer ??= this.#deps.clock.after(SEND_AGAIN_MS, () => {
        this.#timer = null;
        this.#flush();
      });
      return;
    }
    this.#sent.delete(messageId);
    this.#deps.change((model) => withoutPendingReaction(model, messageId));
    this.refusal.set(code);
  }

  /** A connection can be live again without having been lost. What is in flight on it is answered still, and its answer must not be taken
   *  for that to a later choice. */
  connected(online: boolean): void {
    // What was in flight on another connection may be lost. Sending it again changes nothing if it was stored [M6].
    if (!this.#online || !online) this.#sent.clear();
    this.#online = online;
    this.#flush();
  }

  /** The conversation was deleted. */
  forget(conversationId: string): void {
    for (const [messageId, wanted] of this.#deps.model().pendingReactions)
      if (wanted.conversationId === conversationId)
        this.#deps.change((model) => withoutPendingReaction(model, messageId));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#online = false;
  }

  #flush(): void {
    for (const messageId of this.#deps.model().pendingReactions.keys()) this.#send(messageId);
  }

  #send(messageId: string): void {
    const wanted = this.#deps.model().pendingReactions.get(messageId);
    if (!this.#online || wanted === undefined || typeof this.#sent.get(messageId)?.frameId === 'string')
      return;
    const frameId = this.#deps.send(messageId, wanted.emoji);
    if (frameId !== null) this.#sent.set(messageId, { frameId, emoji: wanted.emoji });
  }
}
