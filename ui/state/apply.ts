import type { ServerFrameType } from '../../server/protocol/down.ts';
import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { ServerFrame } from '../../server/protocol/down.ts';
import type { Frame } from '../net/frames.ts';
import { raised } from './activity.ts';
import { findMessage, ownReadMark, peerMark, placeMessage } from './edit.ts';
import { lastSeq } from './timeline.ts';
import { isCrossed, mergeChat, stubChat, toChat, toMessage } from './from-wire.ts';
import {
  isDeleted,
  without,
  withChat,
  withEntry,
  withoutChat,
  type Chat,
  type ChatMessage,
  type Model,
} from './model.ts';

/** What the world has to do after an event; the model itself never does it. */
export type Effect =
  /** A message of the other person: acknowledge, announce, notify. */
  | { readonly type: 'received'; readonly message: ChatMessage }
  /** The server has stored it. */
  | { readonly type: 'stored'; readonly messageId: string }
  | { readonly type: 'refused'; readonly messageId: string; readonly code: ErrorCode }
  /** One's own reading was stored. */
  | { readonly type: 'readStored'; readonly chatId: string; readonly seq: number }
  /** Read here before a crash, and the server does not know. */
  | { readonly type: 'readUnsynced'; readonly chatId: string; readonly seq: number }
  /** Numbers of this conversation can't be derived here: ask the server. */
  | { readonly type: 'refresh'; readonly chatId: string }
  /** A receipt of a conversation that is not here: on its way, or deleted. */
  | { readonly type: 'unplaced'; readonly chatId: string }
  /** Deleted here: what is being loaded of it is of before. */
  | { readonly type: 'forgotten'; readonly chatId: string }
  /** A message that could not be placed: what is loaded of the conversation, or being loaded, may lack it. */
  | { readonly type: 'missed'; readonly chatId: string }
  /** The loaded run has a hole: load it anew. */
  | { readonly type: 'reload'; readonly chatId: string };

export interface Outcome {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** Milliseconds after which a typing notice is forgotten when no other follows. */
export const TYPING_MS = 6_000;

/** Without those whose typing has been said too long ago. */
export const forgetTyping = (model: Model, now: number): Model => {
  const typing = new Map([...model.typing].filter(([, until]) => until > now));
  return typing.size === model.typing.size ? model : { ...model, typing };
};

type Handlers = { readonly [T in ServerFrameType]: (model: Model, frame: Frame<T>, now: number) => Outcome };

const isUnseen = ({ peer }: Chat): boolean => !isDeleted(peer) && peer.status === null;

const only = (model: Model): Outcome => ({ model, effects: [] });

/** One entry a type; the compiler names the one that is forgotten. Every entry may be applied twice. */
const HANDLERS: Handlers = {
  welcome: only,
  session: only,
  auth: only,
  ping: only,
  pong: only,

  sync: (model, { payload }) => only({ ...model, cursor: payload.cursor }),

  message(model, { payload, cursor }) {
    const message = toMessage(payload, model.me);
    const held = model.chats.get(payload.conversation_id);
    const placed = placeMessage(model, held ?? stubChat(payload, model.me), message, cursor);
    const effects: Effect[] = [];
    if (message.mine) effects.push({ type: 'stored', messageId: message.id });
    else effects.push({ type: 'received', message });
    // Their first words let one see whether they are there: the server tells that too, unless it failed in between.
    if (held === undefined || (!message.mine && isUnseen(held)))
      effects.push({ type: 'refresh', chatId: payload.conversation_id });
    if (placed.torn) effects.push({ type: 'reload', chatId: payload.conversation_id });
    return { model: placed.model, effects };
  },

  ack(model, { payload, cursor }) {
    const { conversation_id: chatId, message_id: messageId, seq, status, at } = payload;
    const chat = model.chats.get(chatId);
    if (status === 'sent') {
      const stored: Effect = { type: 'stored', messageId };
      const written = model.pending.find((message) => message.id === messageId);
      if (chat === undefined) {
        // Deleted here while it was under way: it is there again, with this message.
        const pending = model.pending.filter(({ id }) => id !== messageId);
        const missed: Effect = { type: 'missed', chatId };
        return { model: { ...model, pending }, effects: [stored, { type: 'refresh', chatId }, missed] };
      }
      if (written === undefined) {
        const next = withChat(model, raised(chat, cursor));
        const run = model.timelines.get(chatId);
        if (seq <= chat.lastSeq && run !== undefined && lastSeq(run) >= seq)
          return { model: next, effects: [stored] };
        // It can't be placed without its text: what is loaded, or being loaded, lacks it.
        const lacking = { ...next, timelines: without(next.timelines, chatId) };
        const refresh: Effect[] = seq > chat.lastSeq ? [{ type: 'refresh', chatId }] : [];
        return { model: lacking, effects: [stored, ...refresh, { type: 'missed', chatId }] };
      }
      // Written perhaps in a conversation that a restored server had to make anew.
      const sentMessage = { ...written, chatId, seq, at: payload.sent_at ?? at, failure: null };
      const placed = placeMessage(model, chat, sentMessage, cursor);
      return {
        model: placed.model,
        effects: placed.torn ? [stored, { type: 'reload', chatId }] : [stored],
      };
    }
    // Not here yet: what is being asked about it may have been read before this.
    if (chat === undefined) return { model, effects: [{ type: 'unplaced', chatId }] };
    // `delivered` comes to the message's sender only; `read` to the reader's own devices too.
    const message = findMessage(model, chatId, messageId);
    if (status === 'delivered' || message?.mine === true)
      return only(withChat(model, peerMark(chat, status, seq, at)));
    if (message === undefined) return { model, effects: [{ type: 'refresh', chatId }] };
    const next = ownReadMark(model, chat, seq);
    const done: Effect = { type: 'readStored', chatId, seq };
    if (next === null) return { model, effects: [done, { type: 'refresh', chatId }] };
    return { model: withChat(model, next), effects: [done] };
  },

  conversation(model, { payload, cursor }) {
    const held = model.chats.get(payload.conversation.id);
    // Told again in a replay it is older than what is held.
    const chat = toChat(payload.conversation, model.me, Math.max(cursor, held?.activity ?? 0));
    if (payload.change === 'created') {
      const refresh: Effect[] = isCrossed(held, payload.conversation)
        ? [{ type: 'refresh', chatId: chat.id }]
        : [];
      return { model: withChat(model, mergeChat(held, chat)), effects: refresh };
    }
    return { model: withoutChat(model, chat.id), effects: [{ type: 'forgotten', chatId: chat.id }] };
  },

  user(model, { payload }) {
    let next = model;
    for (const chat of model.chats.values()) {
      if (chat.peer.id !== payload.user.id) continue;
      next = withChat(next, { ...chat, peer: payload.user });
      next = { ...next, typing: without(next.typing, chat.id) };
    }
    return only(next);
  },

  presence(model, { payload }) {
    let next = model;
    for (const chat of model.chats.values()) {
      if (chat.peer.id !== payload.user_id || 'deleted' in chat.peer) continue;
      const peer = { ...chat.peer, status: payload.status, last_seen: payload.last_seen };
      next = withChat(next, { ...chat, peer });
    }
    return only(next);
  },

  typing(model, { payload }, now) {
    const { conversation_id: chatId, user_id: userId, typing } = payload;
    if (userId === model.me || !model.chats.has(chatId)) return only(model);
    return only({
      ...model,
      typing: typing ? withEntry(model.typing, chatId, now + TYPING_MS) : without(model.typing, chatId),
    });
  },

  error(model, { payload }) {
    const written = model.pending.find((message) => message.id === payload.ref);
    if (written === undefined) return only(model);
    return { model, effects: [{ type: 'refused', messageId: written.id, code: payload.code }] };
  },
};

/** The model after one event, and what has to follow. Pure. `now`: ms since the epoch. */
export const apply = (model: Model, frame: ServerFrame, now: number): Outcome => {
  const handler = HANDLERS[frame.type] as (model: Model, frame: ServerFrame, now: number) => Outcome;
  return handler(model, frame, now);
};
