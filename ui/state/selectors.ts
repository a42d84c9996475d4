import type { Chat, ChatMessage, Model } from './model.ts';

/** What is shown of the model. */

const activity = (chat: Chat, pending: ReadonlyMap<string, string>): string =>
  pending.get(chat.id) ?? chat.lastMessage?.at ?? chat.createdAt;

/** The conversations to list, the one used last first. */
export const listedChats = (
  chats: ReadonlyMap<string, Chat>,
  pending: readonly ChatMessage[],
  hidden: ReadonlySet<string>,
): readonly Chat[] => {
  const waiting = new Map(pending.map((message) => [message.chatId, message.at] as const));
  return [...chats.values()]
    .filter((chat) => !hidden.has(chat.id))
    .map((chat) => [activity(chat, waiting), chat] as const)
    .sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0))
    .map(([, chat]) => chat);
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
