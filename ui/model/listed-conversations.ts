import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { withoutRemoved } from './edit.ts';
import { isCrossed, mergeConversation, toConversation } from './from-wire.ts';
import type { Model } from './model.ts';

/** Merges what the server said about conversations into the model. `activityOf`: the activity of each. `isCurrent`: false if it said so
 *  before this connection; it then adds no conversation. `crossed`: the ids of those whose numbers cannot be derived from both. */
export const withListed = (
  model: Model,
  listed: readonly ConversationResource[],
  activityOf: (conversationId: string) => number,
  isCurrent: boolean,
): { readonly model: Model; readonly crossed: readonly string[] } => {
  const conversations = new Map(model.conversations);
  const crossed: string[] = [];
  let kept = model;
  for (const conversation of listed) {
    const { id } = conversation;
    const held = conversations.get(id);
    if (!isCurrent && held === undefined) continue;
    if (isCrossed(held, conversation)) crossed.push(id);
    const merged = mergeConversation(held, toConversation(conversation, model.me, activityOf(id)));
    conversations.set(id, merged);
    if (merged.firstSeq > 1) kept = withoutRemoved(kept, merged);
  }
  return { model: { ...kept, conversations }, crossed };
};
