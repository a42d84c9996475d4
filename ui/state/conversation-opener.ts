import type { Api } from '../net/api.ts';
import type { User } from '../../server/protocol/resources.ts';
import type { Sync } from './sync.ts';

/** Opens conversations with people. */
export class ConversationOpener {
  readonly #api: Api;
  readonly #sync: Sync;
  /** With whom the last opened one is: it may not be in the list yet when something is written in it. */
  #last: { readonly chatId: string; readonly peerId: string } | null = null;

  constructor(api: Api, sync: Sync) {
    this.#api = api;
    this.#sync = sync;
  }

  /** With whom a conversation is, as far as it is known here. */
  peerOf(chatId: string): string | undefined {
    const last = this.#last?.chatId === chatId ? this.#last.peerId : undefined;
    return this.#sync.model.get().chats.get(chatId)?.peer.id ?? last;
  }

  /** The conversation with a person, made when there was none; `anew`: whatever is known of one. Rejects with ApiProblem. */
  async converse(person: User, anew = false): Promise<string> {
    const known = anew
      ? undefined
      : [...this.#sync.model.get().chats.values()].find((chat) => chat.peer.id === person.id);
    if (known !== undefined) return known.id;
    const { era, tombstones: deletions } = this.#sync;
    const { mark } = deletions;
    const conversation = await this.#api.openConversation(person.id);
    this.#last = { chatId: conversation.id, peerId: person.id };
    if (!deletions.since(mark, conversation.id)) this.#sync.learn([conversation], era);
    return conversation.id;
  }
}
