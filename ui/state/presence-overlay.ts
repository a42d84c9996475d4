import type { Frame } from '../net/frames.ts';
import { isDeleted, withChat, type Model } from './model.ts';

/** What was said of people on this connection. From here on every change comes live, so nothing that was asked for, and
 *  may have been read before, stands against it. Bounded by the people one shares a conversation with. */
export class PresenceOverlay {
  readonly #told = new Map<string, Frame<'presence'>['payload']>();
  /** Deleted is for ever, also over connections: no answer of before may bring a name back. [P7] */
  readonly #deleted = new Map<string, Frame<'user'>['payload']['user']>();

  note({ payload }: Frame<'presence'>): void {
    this.#told.set(payload.user_id, payload);
  }

  noteDeleted({ payload: { user } }: Frame<'user'>): void {
    this.#deleted.set(user.id, user);
  }

  /** A new connection: changes may have been missed. */
  clear(): void {
    this.#told.clear();
  }

  /** Another history: what was deleted there may live here. */
  forget(): void {
    this.#told.clear();
    this.#deleted.clear();
  }

  /** The model with what was said; of one conversation only when it is named. */
  over(model: Model, chatId?: string): Model {
    let next = model;
    const one = chatId === undefined ? null : model.chats.get(chatId);
    for (const chat of one === null ? model.chats.values() : one === undefined ? [] : [one]) {
      const deleted = this.#deleted.get(chat.peer.id);
      if (deleted !== undefined && !isDeleted(chat.peer)) next = withChat(next, { ...chat, peer: deleted });
      if (deleted !== undefined) continue;
      const told = this.#told.get(chat.peer.id);
      if (told === undefined || isDeleted(chat.peer) || chat.peer.status === told.status) continue;
      const { status, last_seen } = told;
      next = withChat(next, { ...chat, peer: { ...chat.peer, status, last_seen } });
    }
    return next;
  }
}
