import type { Api } from '../net/api.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { Sync } from '../sync/sync.ts';

/** Finds or creates the conversation with a user. */
export class ConversationOpener {
  readonly #api: Api;
  readonly #sync: Sync;
  /** The conversation opened last and its peer. It may not be in the list yet when the user writes in it. */
  #last: { readonly conversationId: string; readonly peerId: string } | null = null;

  constructor(api: Api, sync: Sync) {
    this.#api = api;
    this.#sync = sync;
  }

  /** The id of a conversation's peer, or undefined if it is not known here. */
  peerOf(conversationId: string): string | undefined {
    const last = this.#last?.conversationId === conversationId ? this.#last.peerId : undefined;
    return this.#sync.model.get().conversations.get(conversationId)?.peer.id ?? last;
  }

  /** Returns the id of the conversation with a user, and creates one if there is none. `anew`: asks the server even
   *  if a conversation is known here. Rejects with ApiProblem. */
  async converse(person: UserResource, anew = false): Promise<string> {
    const known = anew
      ? undefined
      : [...this.#sync.model.get().conversations.values()].find(({ peer }) => peer.id === person.id);
    if (known !== undefined) return known.id;
    const { generation, tombstones: deletions } = this.#sync;
    const { mark } = deletions;
    const conversation = await this.#api.openConversation(person.id);
    this.#last = { conversationId: conversation.id, peerId: person.id };
    if (!deletions.since(mark, conversation.id)) this.#sync.learn([conversation], generation);
    return conversation.id;
  }
}
