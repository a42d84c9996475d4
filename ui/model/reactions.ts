import { firstSeq } from './timeline.ts';
import {
  without,
  withConversation,
  withEntry,
  type Message,
  type MessageReference,
  type Model,
  type PendingReaction,
  type Reaction,
  type Timeline,
} from './model.ts';

/** A change of one user's reaction to a message. An `emoji` of null takes it back. */
export interface ReactionUpdate extends MessageReference {
  readonly conversationId: string;
  readonly userId: string;
  readonly emoji: string | null;
}

/** The server's answer to a choice of the user. `emoji`: the choice; undefined from a server from before it said so. `isOld`: it was so
 *  before, and the events since have told it. */
export interface StoredReaction extends MessageReference {
  readonly conversationId: string;
  readonly emoji: string | null | undefined;
  readonly isOld: boolean;
}

/** The reactions after a change. One that is set anew comes last [M4]. Returns the same array if nothing changes. */
export const reacted = (
  reactions: readonly Reaction[],
  userId: string,
  emoji: string | null,
): readonly Reaction[] => {
  const held = reactions.find((each) => each.userId === userId);
  if ((held?.emoji ?? null) === emoji) return reactions;
  const others = reactions.filter((each) => each !== held);
  return emoji === null ? others : [...others, { userId, emoji }];
};

/** The message after a change, if it is the one that the change is about. */
export const withReacted = (message: Message, { messageId, userId, emoji }: ReactionUpdate): Message => {
  if (message.id !== messageId) return message;
  const reactions = reacted(message.reactions, userId, emoji);
  return reactions === message.reactions ? message : { ...message, reactions };
};

const inRun = (run: Timeline, change: ReactionUpdate): Timeline => {
  const at = change.seq - firstSeq(run);
  const held = run.messages[at];
  const next = held === undefined ? held : withReacted(held, change);
  return next === undefined || next === held ? run : { ...run, messages: run.messages.with(at, next) };
};

const inRuns = (runs: Model['timelines'], change: ReactionUpdate): Model['timelines'] => {
  const run = runs.get(change.conversationId);
  const next = run === undefined ? run : inRun(run, change);
  return next === undefined || next === run ? runs : withEntry(runs, change.conversationId, next);
};

/** Applies a change wherever its message is loaded. A message that is loaded later comes with its reactions. */
export const withReaction = (model: Model, change: ReactionUpdate): Model => {
  const conversation = model.conversations.get(change.conversationId);
  const last = conversation?.lastMessage ?? null;
  const lastMessage = last === null ? last : withReacted(last, change);
  const next =
    conversation === undefined || lastMessage === last
      ? model
      : withConversation(model, { ...conversation, lastMessage });
  const timelines = inRuns(model.timelines, change);
  const detours = inRuns(model.detours, change);
  return timelines === model.timelines && detours === model.detours ? next : { ...next, timelines, detours };
};

/** The reactions to show: those of the message, with what the user has just chosen. */
export const shownReactions = (
  { id, reactions }: Message,
  pending: Model['pendingReactions'],
  me: string,
): readonly Reaction[] => {
  const wanted = pending.get(id);
  return wanted === undefined ? reactions : reacted(reactions, me, wanted.emoji);
};

export const withPendingReaction = (model: Model, messageId: string, wanted: PendingReaction): Model => ({
  ...model,
  pendingReactions: withEntry(model.pendingReactions, messageId, wanted),
});

export const withoutPendingReaction = (model: Model, messageId: string): Model => ({
  ...model,
  pendingReactions: without(model.pendingReactions, messageId),
});
