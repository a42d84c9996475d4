import type { Api } from '../net/api.ts';
import type { User } from '../../server/protocol/views.ts';
import type { Sync } from './sync.ts';

/** Opens conversations with people. */
export class Openings {
  readonly #api: Api;
  readonly #sync: Sync;

  constructor(api: Api, sync: Sync) {
    this.#api = api;
    this.#sync = sync;
  }

  /** The conversation with a person, made when there was none. Rejects with ApiProblem. */
  async converse(person: User): Promise<string> {
    const known = [...this.#sync.model.get().chats.values()].find((chat) => chat.peer.id === person.id);
    if (known !== undefined) return known.id;
    const { era, deletions } = this.#sync;
    const { mark } = deletions;
    const conversation = await this.#api.openConversation(person.id);
    if (!deletions.since(mark, conversation.id)) this.#sync.learn([conversation], era);
    return conversation.id;
  }
}
