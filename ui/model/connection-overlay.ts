import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ServerFrameOf } from '../net/frames.ts';
import { settingsOf, withSettings, type ConversationSettings } from './conversation-settings.ts';
import { isDeleted, withConversation, type Conversation, type Model } from './model.ts';
import { withProfileOf } from './person.ts';

/** What this connection reported: presence and profiles of users, and the settings of conversations. It is newer than any answer that
 *  was requested before, because every change comes live. Bounded by the number of conversations. */
export class ConnectionOverlay {
  readonly #told = new Map<string, ServerFrameOf<'presence'>['payload']>();
  readonly #updated = new Map<string, UserResource>();
  /** Deleted users, kept over several connections: a deletion is final, and an older answer must not bring a name
   *  back. [P7] */
  readonly #deleted = new Map<string, UserResource>();
  readonly #settings = new Map<string, ConversationSettings>();

  note({ type, payload }: ServerFrame): void {
    if (type === 'presence') this.#told.set(payload.user_id, payload);
    else if (type === 'user') {
      const { change, user } = payload;
      if (isDeleted(user)) this.#deleted.set(user.id, user);
      // Only `updated` goes to all who share a conversation, so that the next one is told too [U3]. Somebody who shares none can be
      // blocked, and what they change afterwards is not told.
      else if (change === 'updated') this.#updated.set(user.id, user);
    } else if (type === 'conversation') {
      const { change, conversation } = payload;
      if (change === 'deleted') this.#settings.delete(conversation.id);
      else this.#settings.set(conversation.id, settingsOf(conversation));
    }
  }

  /** A new connection began: changes may have been missed. */
  clear(): void {
    this.#told.clear();
    this.#updated.clear();
    this.#settings.clear();
  }

  /** The server has another history: a user who was deleted in the old one may exist in it. */
  forget(): void {
    this.clear();
    this.#deleted.clear();
  }

  /** Applies what was reported to the model, or to one conversation if it is named. */
  over(model: Model, conversationId?: string): Model {
    let next = model;
    const one = conversationId === undefined ? null : model.conversations.get(conversationId);
    for (const conversation of one === null ? model.conversations.values() : one === undefined ? [] : [one]) {
      const told = this.#asTold(conversation);
      if (told !== conversation) next = withConversation(next, told);
    }
    return next;
  }

  #asTold(conversation: Conversation): Conversation {
    const peer = this.#peerAsTold(conversation.peer);
    const told = peer === conversation.peer ? conversation : { ...conversation, peer };
    return withSettings(told, this.#settings.get(told.id) ?? {});
  }

  #peerAsTold(peer: UserResource): UserResource {
    if (isDeleted(peer)) return peer;
    const { id } = peer;
    const deleted = this.#deleted.get(id);
    if (deleted !== undefined) return deleted;
    const updated = this.#updated.get(id);
    const named = updated === undefined ? peer : withProfileOf(peer, updated);
    const told = this.#told.get(id);
    if (told === undefined || peer.status === told.status) return named;
    return { ...named, status: told.status, last_seen: told.last_seen };
  }
}
