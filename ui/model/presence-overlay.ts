import type { ServerFrameOf } from '../net/frames.ts';
import { isDeleted, withConversation, type Model } from './model.ts';

/** What this connection reported about users' presence. It is newer than any answer that was requested before,
 *  because every change comes live. Bounded by the number of users with whom there is a conversation. */
export class PresenceOverlay {
  readonly #told = new Map<string, ServerFrameOf<'presence'>['payload']>();
  /** Deleted users, kept over several connections: a deletion is final, and an older answer must not bring a name
   *  back. [P7] */
  readonly #deleted = new Map<string, ServerFrameOf<'user'>['payload']['user']>();

  note({ payload }: ServerFrameOf<'presence'>): void {
    this.#told.set(payload.user_id, payload);
  }

  noteDeleted({ payload: { user } }: ServerFrameOf<'user'>): void {
    this.#deleted.set(user.id, user);
  }

  /** A new connection began: changes may have been missed. */
  clear(): void {
    this.#told.clear();
  }

  /** The server has another history: a user who was deleted in the old one may exist in it. */
  forget(): void {
    this.#told.clear();
    this.#deleted.clear();
  }

  /** Applies what was reported to the model, or to one conversation if it is named. */
  over(model: Model, conversationId?: string): Model {
    let next = model;
    const one = conversationId === undefined ? null : model.conversations.get(conversationId);
    for (const conversation of one === null ? model.conversations.values() : one === undefined ? [] : [one]) {
      const deleted = this.#deleted.get(conversation.peer.id);
      if (deleted !== undefined && !isDeleted(conversation.peer))
        next = withConversation(next, { ...conversation, peer: deleted });
      if (deleted !== undefined) continue;
      const told = this.#told.get(conversation.peer.id);
      if (told === undefined || isDeleted(conversation.peer) || conversation.peer.status === told.status)
        continue;
      const { status, last_seen } = told;
      next = withConversation(next, { ...conversation, peer: { ...conversation.peer, status, last_seen } });
    }
    return next;
  }
}
