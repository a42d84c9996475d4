import { newestFirst } from './activity.ts';
import { isMuted } from './conversation-settings.ts';
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

/** The number of unread messages that the user wants to know of. `now`: milliseconds since the epoch. */
export const totalUnread = (model: Model, hidden: ReadonlySet<string>, now: number): number => {
  let sum = 0;
  for (const conversation of model.conversations.values())
    if (!hidden.has(conversation.id) && !conversation.archived && !isMuted(conversation, now))
      sum += conversation.unread;
  return sum;
};

/** The list as it is shown, each part in the order of the list. */
export interface ListParts {
  /** Pinned ones first. */
  readonly shown: readonly Conversation[];
  readonly archived: readonly Conversation[];
}

export const listParts = (conversations: readonly Conversation[]): ListParts => {
  const listed = conversations.filter(({ archived }) => !archived);
  return {
    shown: [...listed.filter(({ pinned }) => pinned), ...listed.filter(({ pinned }) => !pinned)],
    archived: conversations.filter(({ archived }) => archived),
  };
};
