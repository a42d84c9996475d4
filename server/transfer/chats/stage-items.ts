import { contentFault } from '../../protocol/fields.ts';
import type { ChatStaging } from '../../storage/sqlite/transfer/chat-staging.ts';
import { changed, leftOut, type ChatItems, type ChatMessage } from './chat-item.ts';
import { derivedId } from './derived-id.ts';
import { splitText } from './split-text.ts';

/** Two people of a file who have written to each other there. */
export interface Chat {
  readonly number: number;
  /** Their ids in the file. */
  readonly people: readonly [string, string];
}

/** What a file holds, beside the messages and remarks that were staged. */
export interface StagedFile {
  readonly chats: readonly Chat[];
  /** The names of everybody in the file, by id. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** Takes everything from a file that a server would take from a client [W7], and notes what it doesn't. */
export const stageItems = async (items: ChatItems, staging: ChatStaging): Promise<StagedFile> => {
  const names = new Map<string, readonly string[]>();
  const chats = new Map<string, Chat>();
  const chatOf = (people: readonly [string, string]): Chat => {
    const key = JSON.stringify(people);
    const chat = chats.get(key) ?? { number: chats.size + 1, people };
    chats.set(key, chat);
    return chat;
  };
  for await (const item of items) {
    if (item.kind === 'remark') staging.remark(item);
    else if (item.kind === 'person')
      names.set(item.id, [...new Set([...(names.get(item.id) ?? []), ...item.names])]);
    else stageMessage(item, chatOf(item.people), staging);
  }
  staging.settleReplies();
  return { chats: [...chats.values()], names };
};

const stageMessage = (message: ChatMessage, chat: Chat, staging: ChatStaging): void => {
  const { place, text, identity, at } = message;
  const sideOf = (person: string): 0 | 1 => (person === chat.people[0] ? 0 : 1);
  const sender = sideOf(message.sender);
  const pieces = splitText(text);
  const taken: number[] = [];
  for (const [index, content] of pieces.entries()) {
    const where = pieces.length === 1 ? place : `${place}, piece ${String(index + 1)}`;
    const fault = contentFault(content);
    if (fault !== null) {
      staging.remark(leftOut(where, `a message ${fault}`));
      continue;
    }
    const staged = { id: derivedId([...identity, index]), chat: chat.number, sender, sentAt: at, content };
    // What others answer is the first piece.
    const number = staging.add(staged, taken.length === 0 ? message.number : null);
    if (number === null) staging.remark(leftOut(where, 'the same message stands in the file before'));
    else taken.push(number);
  }
  const [first] = taken;
  if (first === undefined) return;
  if (message.answers !== null) staging.addReply(first, { place, answers: message.answers });
  for (const { person, emoji, at: reactedAt } of message.reactions)
    staging.addReaction({ message: first, by: sideOf(person), emoji, at: reactedAt });
  if (message.missing !== null)
    staging.remark(changed(place, `${message.missing} left out, and the text kept`));
  for (const what of message.lost) staging.remark(changed(place, what));
  if (pieces.length > 1)
    staging.remark(changed(place, `it is too long for one message: it becomes ${String(taken.length)}`));
};
