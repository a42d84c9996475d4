import type { ErrorCode } from '../../server/protocol/errors.ts';
import { raised } from './activity.ts';
import { append, lastSeq } from './timeline.ts';
import {
  without,
  withChat,
  withEntry,
  type Chat,
  type ChatMessage,
  type DeliveryState,
  type Mark,
  type Model,
} from './model.ts';

/** Changes of the model that more than one event causes. All pure, all safe to repeat. */

const MARKS_KEPT = 100;

/** Puts a numbered message in its place. `cursor`: its number in one's own log. `torn`: messages before it are missing in the loaded
 *  run. */
export const placeMessage = (
  model: Model,
  chat: Chat,
  message: ChatMessage,
  cursor: number,
): { model: Model; torn: boolean } => {
  const seq = message.seq ?? 0;
  const news = seq > chat.lastSeq;
  const unread = news && !message.mine && seq > chat.readSeq.me ? chat.unread + 1 : chat.unread;
  const next = raised(news ? { ...chat, lastSeq: seq, lastMessage: message, unread } : chat, cursor);
  const timeline = model.timelines.get(chat.id);
  // Empty, though messages up to here are known: all of them are cleared, and perhaps this one, whose ack was late.
  const cleared = timeline?.messages.length === 0 && !news;
  const grown = timeline === undefined ? undefined : cleared ? null : append(timeline, message);
  return {
    model: {
      ...withChat(model, next),
      timelines:
        grown === undefined || grown === timeline
          ? model.timelines
          : grown === null
            ? without(model.timelines, chat.id)
            : withEntry(model.timelines, chat.id, grown),
      pending: message.mine ? model.pending.filter((held) => held.id !== message.id) : model.pending,
      typing: message.mine ? model.typing : without(model.typing, chat.id),
    },
    torn: grown === null,
  };
};

const marked = (marks: readonly Mark[], mark: Mark): readonly Mark[] => [...marks.slice(-MARKS_KEPT), mark];

/** The other person's mark moved; reading implies delivery. */
export const peerMark = (chat: Chat, status: 'delivered' | 'read', seq: number, at: string): Chat => {
  let next = chat;
  if (seq > next.deliveredSeq.peer) {
    next = {
      ...next,
      deliveredSeq: { ...next.deliveredSeq, peer: seq },
      deliveredMarks: marked(next.deliveredMarks, { seq, at }),
    };
  }
  if (status === 'read' && seq > next.readSeq.peer) {
    next = {
      ...next,
      readSeq: { ...next.readSeq, peer: seq },
      readMarks: marked(next.readMarks, { seq, at }),
    };
  }
  return next;
};

/** Every loaded message of a conversation, whatever run it stands in. */
const loaded = (model: Model, chatId: string): readonly ChatMessage[] => [
  ...(model.detours.get(chatId)?.messages ?? []),
  ...(model.timelines.get(chatId)?.messages ?? []),
];

/** One's own read mark moved, or the server has stored what was read here: until then its snapshots could not tell what is unread
 *  behind the mark, so it is counted again. It follows by arithmetic where the messages passed are loaded; null: they are not,
 *  so the server must say. */
export const ownReadMark = (model: Model, chat: Chat, seq: number): Chat | null => {
  if (seq < chat.readSeq.me) return chat;
  const readSeq = { ...chat.readSeq, me: seq };
  if (seq >= chat.lastSeq) return { ...chat, readSeq, unread: 0 };
  const timeline = model.timelines.get(chat.id);
  const first = timeline?.messages[0]?.seq ?? Infinity;
  // A run that is behind the conversation, its newest page still on the way, would count too few.
  if (timeline === undefined || first > seq + 1 || lastSeq(timeline) < chat.lastSeq) return null;
  // A page may hold messages whose events are still to come, and are counted then.
  const counted = timeline.messages.filter(
    (each) => (each.seq ?? 0) > seq && (each.seq ?? 0) <= chat.lastSeq,
  );
  const unread = counted.filter(({ mine }) => !mine).length;
  return { ...chat, readSeq, unread };
};

export const findMessage = (model: Model, chatId: string, messageId: string): ChatMessage | undefined => {
  const last = model.chats.get(chatId)?.lastMessage;
  if (last?.id === messageId) return last;
  return loaded(model, chatId).find((message) => message.id === messageId);
};

/** The newest message of the other person up to `seq`: the one an `ack` names. */
export const newestFromPeer = (model: Model, chatId: string, seq: number): ChatMessage | undefined => {
  const last = model.chats.get(chatId)?.lastMessage;
  const all = loaded(model, chatId);
  return [...all, ...(last === null || last === undefined ? [] : [last])]
    .filter((message) => !message.mine && message.seq !== null && message.seq <= seq)
    .reduce<ChatMessage | undefined>(
      (best, message) => ((message.seq ?? 0) > (best?.seq ?? 0) ? message : best),
      undefined,
    );
};

export const failPending = (model: Model, id: string, failure: ErrorCode | null): Model => ({
  ...model,
  pending: model.pending.map((message) => (message.id === id ? { ...message, failure } : message)),
});

/** What is shown beside one's own message: from numbers, so no row changes when a receipt covers a thousand. */
export const stateOf = (message: ChatMessage, chat: Chat): DeliveryState => {
  if (message.seq === null) return message.failure === null ? 'sending' : 'failed';
  if (message.seq <= chat.readSeq.peer) return 'read';
  return message.seq <= chat.deliveredSeq.peer ? 'delivered' : 'sent';
};

/** When the receipt that covers `seq` came, if this device saw it. */
export const coveredAt = (marks: readonly Mark[], seq: number): string | null =>
  marks.find((mark) => mark.seq >= seq)?.at ?? null;
