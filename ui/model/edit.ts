import { raised } from './activity.ts';
import { append, firstSeq, lastSeq } from './timeline.ts';
import {
  without,
  withConversation,
  withEntry,
  type Conversation,
  type Message,
  type DeliveryState,
  type Failure,
  type Mark,
  type MessageReference,
  type Model,
} from './model.ts';

/** Changes of the model that more than one event causes. All are pure and safe to repeat. */

const MARKS_KEPT = 100;

/** Puts a message that has a `seq` in its place. `cursor`: its cursor in the user's own log. `torn`: the loaded run
 *  lacks messages before it. */
export const placeMessage = (
  model: Model,
  conversation: Conversation,
  message: Message,
  cursor: number,
): { model: Model; torn: boolean } => {
  const seq = message.seq ?? 0;
  const news = seq > conversation.lastSeq;
  const unread =
    news && !message.mine && seq > conversation.readSeq.me ? conversation.unread + 1 : conversation.unread;
  const next = raised(
    news ? { ...conversation, lastSeq: seq, lastMessage: message, unread } : conversation,
    cursor,
  );
  const timeline = model.timelines.get(conversation.id);
  // The run is empty although messages up to here are known: all of them are cleared, perhaps including this one,
  // whose ack was late.
  const cleared = timeline?.messages.length === 0 && !news;
  const grown = timeline === undefined ? undefined : cleared ? null : append(timeline, message);
  return {
    model: {
      ...withConversation(model, next),
      timelines:
        grown === undefined || grown === timeline
          ? model.timelines
          : grown === null
            ? without(model.timelines, conversation.id)
            : withEntry(model.timelines, conversation.id, grown),
      pending: message.mine ? model.pending.filter((held) => held.id !== message.id) : model.pending,
      typing: message.mine ? model.typing : without(model.typing, conversation.id),
    },
    torn: grown === null,
  };
};

const marked = (marks: readonly Mark[], mark: Mark): readonly Mark[] => [...marks.slice(-MARKS_KEPT), mark];

/** Moves the peer's position. Reading implies delivery. */
export const peerMark = (
  conversation: Conversation,
  status: 'delivered' | 'read',
  seq: number,
  at: string,
): Conversation => {
  let next = conversation;
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

/** Returns all loaded messages of a conversation, in whichever run they are. */
const loaded = (model: Model, conversationId: string): readonly Message[] => [
  ...(model.detours.get(conversationId)?.messages ?? []),
  ...(model.timelines.get(conversationId)?.messages ?? []),
];

/** Moves the user's own read position, and counts the unread messages after it. Also needed when the server has
 *  stored a position that was already set here, because its snapshots could not count until then. Returns null if the
 *  messages in question are not loaded; the server then has to count. */
export const ownReadMark = (model: Model, conversation: Conversation, seq: number): Conversation | null => {
  if (seq < conversation.readSeq.me) return conversation;
  const readSeq = { ...conversation.readSeq, me: seq };
  if (seq >= conversation.lastSeq) return { ...conversation, readSeq, unread: 0 };
  const timeline = model.timelines.get(conversation.id);
  const first = timeline?.messages[0]?.seq ?? Infinity;
  // A run that lags behind the conversation, because its newest page is still loading, would count too few.
  if (timeline === undefined || first > seq + 1 || lastSeq(timeline) < conversation.lastSeq) return null;
  // A page may hold messages whose events are still to come. Those are counted then.
  const counted = timeline.messages.filter(
    (each) => (each.seq ?? 0) > seq && (each.seq ?? 0) <= conversation.lastSeq,
  );
  const unread = counted.filter(({ mine }) => !mine).length;
  return { ...conversation, readSeq, unread };
};

export const findMessage = (model: Model, conversationId: string, messageId: string): Message | undefined => {
  const last = model.conversations.get(conversationId)?.lastMessage;
  if (last?.id === messageId) return last;
  return loaded(model, conversationId).find((message) => message.id === messageId);
};

/** The newest message of the peer up to `seq`, which is the one that an `ack` names. */
export const newestFromPeer = (model: Model, conversationId: string, seq: number): Message | undefined => {
  const last = model.conversations.get(conversationId)?.lastMessage;
  const all = loaded(model, conversationId);
  return [...all, ...(last === null || last === undefined ? [] : [last])]
    .filter((message) => !message.mine && message.seq !== null && message.seq <= seq)
    .reduce<Message | undefined>(
      (best, message) => ((message.seq ?? 0) > (best?.seq ?? 0) ? message : best),
      undefined,
    );
};

/** Whether the server refused a message because the one that it replies to is gone [M1]. Content that the server would
 *  refuse is not sent in the first place. */
export const isReplyRefused = ({
  failure,
  replyTo,
}: {
  readonly failure: Failure | null;
  readonly replyTo?: MessageReference | null;
}): boolean => failure === 'bad_request' && replyTo !== null && replyTo !== undefined;

export const failPending = (model: Model, id: string, failure: Failure): Model => ({
  ...model,
  pending: model.pending.map((message) => (message.id === id ? { ...message, failure } : message)),
});

/** Sends a refused message again. If the message that it replies to is gone, it becomes an ordinary one. */
export const retryPending = (model: Model, id: string): Model => ({
  ...model,
  pending: model.pending.map((message) =>
    message.id === id
      ? { ...message, failure: null, replyTo: isReplyRefused(message) ? null : message.replyTo }
      : message,
  ),
});

/** The delivery state of the user's own message. It is derived from positions, so that no message changes when a
 *  receipt covers a thousand. */
export const stateOf = (message: Message, conversation: Conversation): DeliveryState => {
  if (message.seq === null) return message.failure === null ? 'sending' : 'failed';
  if (message.seq <= conversation.readSeq.peer) return 'read';
  return message.seq <= conversation.deliveredSeq.peer ? 'delivered' : 'sent';
};

/** When the receipt that covers `seq` arrived; null if this device did not see it. */
export const coveredAt = (marks: readonly Mark[], seq: number): string | null =>
  marks.find((mark) => mark.seq >= seq)?.at ?? null;

/** Drops the loaded messages that the server has removed. Of a run without any other message nothing stays if there are newer ones: it is
 *  loaded again. */
export const withoutRemoved = (model: Model, conversation: Conversation): Model => {
  const { id, firstSeq: first, lastSeq: last } = conversation;
  const kept = (runs: Model['timelines']): Model['timelines'] => {
    const run = runs.get(id);
    if (run === undefined || firstSeq(run) >= first) return runs;
    const messages = run.messages.filter(({ seq }) => (seq ?? 0) >= first);
    return messages.length === 0 && last >= first
      ? without(runs, id)
      : withEntry(runs, id, { ...run, messages, older: false });
  };
  return { ...model, timelines: kept(model.timelines), detours: kept(model.detours) };
};

/** Drops what an older build stored, because the server can be asked now. It is loaded again. */
export const withoutOutdated = (model: Model): Model => {
  const kept = [...model.timelines].filter(([, run]) => run.outdated !== true);
  return kept.length === model.timelines.size ? model : { ...model, timelines: new Map(kept) };
};
