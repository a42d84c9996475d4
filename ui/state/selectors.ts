import { newestFirst } from './activity.ts';
import type { Chat, ChatMessage, Model } from './model.ts';

/** What is shown of the model. */

/** All of them, those in the order of before first: what is nearly sorted is sorted in one walk. */
const inOrderOf = (before: readonly Chat[], chats: ReadonlyMap<string, Chat>): Chat[] => {
  const rest = new Map(chats);
  const known = before.flatMap(({ id }) => {
    const chat = rest.get(id);
    rest.delete(id);
    return chat ?? [];
  });
  return [...known, ...rest.values()];
};

/** The conversations to list, the one used last first: before all others those that something waits in, in the order written.
 *  `before`: what was listed last. */
export const listedChats = (
  chats: ReadonlyMap<string, Chat>,
  pending: readonly ChatMessage[],
  hidden: ReadonlySet<string>,
  before: readonly Chat[] = [],
): readonly Chat[] => {
  const waiting = new Map(pending.map(({ chatId }, at) => [chatId, at] as const));
  const written = ({ id }: Chat): number => waiting.get(id) ?? -1;
  return inOrderOf(before, chats)
    .filter((chat) => !hidden.has(chat.id))
    .sort((a, b) => written(b) - written(a) || newestFirst(a, b));
};

/** The last result again as long as the arguments are the same objects. */
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
  for (const chat of model.chats.values()) if (!hidden.has(chat.id)) sum += chat.unread;
  return sum;
};
