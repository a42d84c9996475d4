import type { Api } from '../net/api.ts';
import type { User } from '../../server/protocol/views.ts';
import type { Sync } from './sync.ts';

/** Conversations that are being opened with somebody. */
export class Openings {
  readonly #api: Api;
  readonly #sync: Sync;
  /** For each that is under way: what was deleted meanwhile. */
  readonly #underWay = new Set<Set<string>>();

  constructor(api: Api, sync: Sync) {
    this.#api = api;
    this.#sync = sync;
  }

  /** The conversation with a person, made when there was none. Rejects with ApiProblem. */
  async converse(person: User): Promise<string> {
    const known = [...this.#sync.model.get().chats.values()].find((chat) => chat.peer.id === person.id);
    if (known !== undefined) return known.id;
    const { era } = this.#sync;
    const forgotten = new Set<string>();
    this.#underWay.add(forgotten);
    try {
      const conversation = await this.#api.openConversation(person.id);
      if (!forgotten.has(conversation.id)) this.#sync.learn([conversation], era);
      return conversation.id;
    } finally {
      this.#underWay.delete(forgotten);
    }
  }

  /** Deleted: an answer that is under way is of before, and must not bring it back. */
  forget(chatId: string): void {
    for (const forgotten of this.#underWay) forgotten.add(chatId);
  }
}
