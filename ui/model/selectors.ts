import { newestFirst } from './activity.ts';
import type { Conversation, Message, Model } from './model.ts';

/** Views of the model for display. */

/** Returns all conversations, those in the order of `before` first. Sorting a nearly sorted array takes a single
 *  pass. */
const inOrderOf = (
  before: readonly Conversation[],
  conversations: ReadonlyMap<string, Conversation>,
): Conversation[] => {
  const rest = new Map(conversations);
  const known = before.flatMap(({ id }) => {
    const conversation = rest.get(id);
    rest.delete(id);
    return conversation ?? [];
  });
  return [...known, ...rest.values()];
};

/** The conversations to list, most recently used first. Those with unsent messages come before all others, in the
 *  order written. `before`: the previous result. */
export const listedConversations = (
  conversations: ReadonlyMap<string, Conversation>,
  pending: readonly Message[],
  hidden: ReadonlySet<string>,
  before: readonly Conversation[] = [],
): readonly Conversation[] => {
  const waiting = new Map(pending.map(({ conversationId }, at) => [conversationId, at] as const));
  const written = ({ id }: Conversation): number => waiting.get(id) ?? -1;
  return inOrderOf(before, conversations)
    .filter((conversation) => !hidden.has(conversation.id))
    .sort((a, b) => written(b) - written(a) || newestFirst(a, b));
};

/** Caches the last result, as long as the arguments are the same objects. */
export const remembered = <A extends readonly unknown[], R>(
  compute: (...args: A) => R,
): ((...args: A) => R) => {
  let last: { args: A; result: R } | null = null;
  return (...args) => {
    if (last === null || args.some((arg, at) => arg !== last?.args[at]))
      last = { args, result: compute(...args) };
    return last.result;
  };
};

export const totalUnread = (model: Model, hidden: ReadonlySet<string>): number => {
  let sum = 0;
  for (const conversation of model.conversations.values())
    if (!hidden.has(conversation.id)) sum += conversation.unread;
  return sum;
};
