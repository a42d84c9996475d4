import { knownCode } from '../net/problem.ts';
import type { ServerFrameType, ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { ServerFrameOf } from '../net/frames.ts';
import { raised } from './activity.ts';
import { withBlock } from './blocked-users.ts';
import { settingsOf, withSettings } from './conversation-settings.ts';
import { findMessage, ownReadMark, peerMark, placeMessage } from './edit.ts';
import { withReaction, type ReactionUpdate, type StoredReaction } from './reactions.ts';
import { lastSeq } from './timeline.ts';
import {
  isCrossed,
  mergeConversation,
  stubConversation,
  toConversation,
  toMessage,
  withStatusOf,
} from './from-wire.ts';
import {
  isDeleted,
  without,
  withConversation,
  withEntry,
  withoutConversation,
  type Conversation,
  type Message,
  type Model,
} from './model.ts';

/** What has to happen after an event. The model itself never does it. */
export type Effect =
  /** A message of the peer: acknowledge, announce, notify. */
  | { readonly type: 'received'; readonly message: Message }
  /** The server has stored the message. */
  | { readonly type: 'stored'; readonly messageId: string }
  | { readonly type: 'refused'; readonly messageId: string; readonly code: ErrorCode }
  /** The server refuses what was sent in this frame, which is no message. */
  | { readonly type: 'frameRefused'; readonly frameId: string; readonly code: ErrorCode }
  /** Somebody's reaction to a message has changed. */
  | ({ readonly type: 'reacted' } & ReactionUpdate)
  /** The server has stored the user's reaction to a message. */
  | ({ readonly type: 'reactionStored' } & StoredReaction)
  /** The server has stored what the user read. */
  | { readonly type: 'readStored'; readonly conversationId: string; readonly seq: number }
  /** The user read this before a crash, and the server does not know it. */
  | { readonly type: 'readUnsynced'; readonly conversationId: string; readonly seq: number }
  /** The numbers of this conversation cannot be derived locally: ask the server. */
  | { readonly type: 'refresh'; readonly conversationId: string }
  /** A receipt for a conversation that is not in the model: it is being fetched, or it was deleted. */
  | { readonly type: 'unplaced'; readonly conversationId: string }
  /** The conversation was deleted. Answers about it that are still loading are outdated. */
  | { readonly type: 'forgotten'; readonly conversationId: string }
  /** A message could not be placed: what is loaded of the conversation, or loading, may lack it. */
  | { readonly type: 'missed'; readonly conversationId: string }
  /** The loaded run has a hole: load it again. */
  | { readonly type: 'reload'; readonly conversationId: string };

/** Whether an effect follows from an answer, however old its cursor is. */
export const isOfAnswer = ({ type }: Effect): boolean => type === 'stored' || type === 'reactionStored';

export interface Outcome {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

/** A typing notice expires after this many milliseconds unless another one follows. */
export const TYPING_MS = 6_000;

/** Removes expired typing notices. */
export const forgetTyping = (model: Model, now: number): Model => {
  const typing = new Map([...model.typing].filter(([, until]) => until > now));
  return typing.size === model.typing.size ? model : { ...model, typing };
};

type Handlers = {
  readonly [T in ServerFrameType]: (model: Model, frame: ServerFrameOf<T>, now: number) => Outcome;
};

const isUnseen = ({ peer }: Conversation): boolean => !isDeleted(peer) && peer.status === null;

const only = (model: Model): Outcome => ({ model, effects: [] });

/** One entry per frame type; a missing one does not compile. Each entry may be applied twice. */
const HANDLERS: Handlers = {
  welcome: only,
  session: only,
  auth: only,
  ping: only,
  pong: only,

  sync: (model, { payload }) => only({ ...model, cursor: payload.cursor }),

  message(model, { payload, cursor }) {
    const message = toMessage(payload, model.me);
    const held = model.conversations.get(payload.conversation_id);
    const placed = placeMessage(model, held ?? stubConversation(payload, model.me), message, cursor);
    const effects: Effect[] = [];
    if (message.mine) effects.push({ type: 'stored', messageId: message.id });
    else effects.push({ type: 'received', message });
    // The peer's first message lets this user see their presence. The server sends it too, unless it failed in
    // between.
    if (held === undefined || (!message.mine && isUnseen(held)))
      effects.push({ type: 'refresh', conversationId: payload.conversation_id });
    if (placed.torn) effects.push({ type: 'reload', conversationId: payload.conversation_id });
    return { model: placed.model, effects };
  },

  ack(model, { payload, cursor }) {
    const { conversation_id: conversationId, message_id: messageId, seq, status, at } = payload;
    const conversation = model.conversations.get(conversationId);
    if (status === 'sent') {
      const stored: Effect = { type: 'stored', messageId };
      const written = model.pending.find((message) => message.id === messageId);
      if (conversation === undefined) {
        // The conversation was deleted here while the message was on its way. It exists again, with this message.
        const pending = model.pending.filter(({ id }) => id !== messageId);
        const missed: Effect = { type: 'missed', conversationId };
        return {
          model: { ...model, pending },
          effects: [stored, { type: 'refresh', conversationId }, missed],
        };
      }
      if (written === undefined) {
        const next = withConversation(model, raised(conversation, cursor));
        const run = model.timelines.get(conversationId);
        if (seq <= conversation.lastSeq && run !== undefined && lastSeq(run) >= seq)
          return { model: next, effects: [stored] };
        // The message cannot be placed without its text, so what is loaded, or loading, lacks it.
        const lacking = { ...next, timelines: without(next.timelines, conversationId) };
        const refresh: Effect[] = seq > conversation.lastSeq ? [{ type: 'refresh', conversationId }] : [];
        return { model: lacking, effects: [stored, ...refresh, { type: 'missed', conversationId }] };
      }
      // The message may have been written in a conversation that a restored server had to create again.
      const sentMessage: Message = {
        ...written,
        conversationId,
        seq,
        sentAt: payload.sent_at ?? at,
        failure: null,
      };
      const placed = placeMessage(model, conversation, sentMessage, cursor);
      return {
        model: placed.model,
        effects: placed.torn ? [stored, { type: 'reload', conversationId }] : [stored],
      };
    }
    if (status === 'reacted') {
      const isOld = cursor < (model.cursor ?? 0);
      const answer = { conversationId, messageId, seq, emoji: payload.emoji, isOld };
      return { model, effects: [{ type: 'reactionStored', ...answer }] };
    }
    // The conversation is not in the model yet. An answer that is on its way may be older than this receipt.
    if (conversation === undefined) return { model, effects: [{ type: 'unplaced', conversationId }] };
    // `delivered` goes only to the sender of the message. `read` also goes to the reader's own devices.
    const message = findMessage(model, conversationId, messageId);
    if (status === 'delivered' || message?.mine === true)
      return only(withConversation(model, peerMark(conversation, status, seq, at)));
    if (message === undefined) return { model, effects: [{ type: 'refresh', conversationId }] };
    const next = ownReadMark(model, conversation, seq);
    const done: Effect = { type: 'readStored', conversationId, seq };
    if (next === null) return { model, effects: [done, { type: 'refresh', conversationId }] };
    return { model: withConversation(model, next), effects: [done] };
  },

  reaction(model, { payload }) {
    const { conversation_id: conversationId, message_id: messageId, seq, user_id: userId, emoji } = payload;
    const change = { conversationId, messageId, seq, userId, emoji };
    return { model: withReaction(model, change), effects: [{ type: 'reacted', ...change }] };
  },

  conversation(model, { payload, cursor }) {
    const held = model.conversations.get(payload.conversation.id);
    if (payload.change === 'updated') {
      // Only what was set. A replay may send this before the messages that the rest of it counts.
      if (held === undefined) return only(model);
      return only(withConversation(model, withSettings(held, settingsOf(payload.conversation))));
    }
    // In a replay, the event may be older than what the model holds.
    const conversation = toConversation(
      payload.conversation,
      model.me,
      Math.max(cursor, held?.activity ?? 0),
    );
    if (payload.change === 'created') {
      const refresh: Effect[] = isCrossed(held, payload.conversation)
        ? [{ type: 'refresh', conversationId: conversation.id }]
        : [];
      return { model: withConversation(model, mergeConversation(held, conversation)), effects: refresh };
    }
    return {
      model: withoutConversation(model, conversation.id),
      effects: [{ type: 'forgotten', conversationId: conversation.id }],
    };
  },

  user(model, { payload }) {
    const { change, user } = payload;
    let next = user.id === model.me ? { ...model, own: user } : model;
    if (change === 'blocked' || change === 'unblocked')
      next = { ...next, blocked: withBlock(next.blocked, user.id, change === 'blocked') };
    for (const conversation of model.conversations.values()) {
      const { id, peer } = conversation;
      // A deletion is final.
      if (peer.id !== user.id || isDeleted(peer)) continue;
      next = withConversation(next, { ...conversation, peer: withStatusOf(user, peer) });
      if (isDeleted(user)) next = { ...next, typing: without(next.typing, id) };
    }
    return only(next);
  },

  presence(model, { payload }) {
    let next = model;
    for (const conversation of model.conversations.values()) {
      if (conversation.peer.id !== payload.user_id || 'deleted' in conversation.peer) continue;
      const peer = { ...conversation.peer, status: payload.status, last_seen: payload.last_seen };
      next = withConversation(next, { ...conversation, peer });
    }
    return only(next);
  },

  typing(model, { payload }, now) {
    const { conversation_id: conversationId, user_id: userId, typing } = payload;
    if (userId === model.me || !model.conversations.has(conversationId)) return only(model);
    return only({
      ...model,
      typing: typing
        ? withEntry(model.typing, conversationId, now + TYPING_MS)
        : without(model.typing, conversationId),
    });
  },

  error(model, { payload }) {
    const { code, ref } = payload;
    if (ref === null) return only(model);
    const written = model.pending.find((message) => message.id === ref);
    const known = knownCode(code, 400);
    const effect: Effect =
      written === undefined
        ? { type: 'frameRefused', frameId: ref, code: known }
        : { type: 'refused', messageId: written.id, code: known };
    return { model, effects: [effect] };
  },
};

/** Returns the model after one event, and the effects to carry out. Pure. `now`: milliseconds since the epoch. */
export const apply = (model: Model, frame: ServerFrame, now: number): Outcome => {
  const handler = HANDLERS[frame.type] as (model: Model, frame: ServerFrame, now: number) => Outcome;
  return handler(model, frame, now);
};
