import type { Saved } from './disk.ts';
import type { DraftVersion } from '../drafts/draft-versions.ts';
import type { Draft } from '../drafts/draft-store.ts';
import { BLOCKS_UNKNOWN, type BlockedUsers } from '../model/blocked-users.ts';
import { DEFAULT_SETTINGS } from '../model/conversation-settings.ts';
import type { Conversation, Message, Timeline } from '../model/model.ts';
import type { Waiting } from '../outbox/outbox.ts';

/** Checks what is read from the device, because another build may have written it, or something may have damaged it.
 *  The cache is used only if it is valid, since the server can send it again. What the user wrote is kept as long as
 *  its text can be read. */

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const moment: Check = (value) => text(value) && !Number.isNaN(Date.parse(value as string));
const uuid: Check = (value) =>
  text(value) && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value as string);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || orNull(check)(value);
const missingOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const sides = shape({ me: count, peer: count });
const marks = list(shape({ seq: count, at: moment }));
const reference = shape({ messageId: text, seq: count });
const reactions = list(shape({ userId: text, emoji: text }));
const attachments = list(shape({ id: text, name: text, type: text, size: count, sha256: text }));
const message = shape({
  id: text,
  conversationId: text,
  seq: orNull(count),
  mine: flag,
  content: text,
  sentAt: moment,
  failure: orNull(text),
  replyTo: optional(reference),
  reactions: missingOr(reactions),
  attachments: missingOr(attachments),
});
/** Rows from before replies, reactions and attachments lack them. */
type AddedLater = 'replyTo' | 'reactions' | 'attachments';
type StoredMessage = Omit<Message, AddedLater> & Partial<Pick<Message, AddedLater>>;
const withAdded = (row: StoredMessage): Message => ({
  ...row,
  replyTo: row.replyTo ?? null,
  reactions: row.reactions ?? [],
  attachments: row.attachments ?? [],
});
/** A message that a build up to 0.1 stored. Three fields had other names. */
const oldMessage = shape({ id: text, chatId: text, text, at: moment });
const renamed = (value: unknown): unknown => {
  if (!oldMessage(value)) return value;
  const { chatId, text: content, at, ...rest } = value as Record<string, unknown>;
  return { conversationId: chatId, content, sentAt: at, ...rest };
};
const withRenamedMessages = (run: unknown): unknown => {
  const { messages } = (run ?? {}) as { messages?: unknown };
  return Array.isArray(messages) ? { ...(run as object), messages: messages.map(renamed) } : run;
};
const withRenamedLast = (row: unknown): unknown => {
  const { lastMessage } = (row ?? {}) as { lastMessage?: unknown };
  return oldMessage(lastMessage) ? { ...(row as object), lastMessage: renamed(lastMessage) } : row;
};
const deletedUser = shape({ id: text, username: text, deleted: flag });
/** Rows from before profiles lack the last three. */
const livingUser = shape({
  id: text,
  username: text,
  status: orNull(text),
  last_seen: orNull(moment),
  display_name: optional(text),
  about: optional(text),
  avatar: optional(text),
});
const chat = shape({
  id: text,
  peer: (value) => deletedUser(value) || livingUser(value),
  createdAt: moment,
  lastMessage: orNull(message),
  lastSeq: count,
  firstSeq: optional(count),
  removedUntil: optional(moment),
  pinned: missingOr(flag),
  archived: missingOr(flag),
  mutedUntil: optional(moment),
  unread: count,
  deliveredSeq: sides,
  readSeq: sides,
  deliveredMarks: marks,
  readMarks: marks,
});
/** What rows from before retention and from before settings lack. */
const ADDED = { firstSeq: 1, removedUntil: null, ...DEFAULT_SETTINGS };
const timeline = shape({ messages: list(message), older: flag, newer: flag });
const witness = shape({
  messageId: orNull(text),
  at: orNull(text),
  cursor: count,
  since: orNull(list(text)),
});
const place = shape({ cursor: orNull(count) });
const history = shape({ history: optional(text), witness: optional(witness) });
const pendingReactions = list(
  (value) =>
    Array.isArray(value) &&
    text(value[0]) &&
    shape({ conversationId: text, seq: count, emoji: orNull(text) })(value[1]),
);

const isBlocked = (value: unknown): value is BlockedUsers =>
  shape({
    ids: (ids) => ids instanceof Set && [...ids].every(text),
    isWhole: flag,
  })(value);

const belongs = (id: unknown, run: Timeline): boolean =>
  run.messages.every(
    (message, at) =>
      message.conversationId === id &&
      message.seq !== null &&
      (at === 0 || message.seq === (run.messages[at - 1]?.seq ?? 0) + 1),
  );

const toTimeline = (run: Timeline): Timeline => ({
  ...run,
  messages: run.messages.map(withAdded),
  ...(run.messages.some(({ attachments: held }: StoredMessage) => held === undefined) && { outdated: true }),
});

/** Returns null if the rows can't be trusted as a whole, because the server would not send a missing conversation
 *  again. */
export const savedFrom = (
  held: unknown,
  stored: readonly unknown[],
  storedRuns: readonly (readonly [unknown, unknown])[],
): Saved | null => {
  const chats = stored.map(withRenamedLast);
  const runs = storedRuns.map(([id, run]) => [id, withRenamedMessages(run)] as const);
  if (!place(held) || !history(held) || !chats.every(chat)) return null;
  // Fields that rows from before histories existed lack are optional.
  const saved = held as Pick<Saved, 'cursor'> & Partial<Saved>;
  const { cursor, history: of = null, witness = null, own = null, blocked, reactions: wanted = [] } = saved;
  return {
    cursor,
    history: of,
    witness,
    own: livingUser(own) ? own : null,
    blocked: isBlocked(blocked) ? blocked : BLOCKS_UNKNOWN,
    chats: (chats as readonly Conversation[]).map((row) => ({
      ...ADDED,
      ...row,
      lastMessage: row.lastMessage && withAdded(row.lastMessage),
    })),
    timelines: runs.flatMap(([id, run]): [string, Timeline][] =>
      timeline(run) && belongs(id, run as Timeline) ? [[id as string, toTimeline(run as Timeline)]] : [],
    ),
    reactions: pendingReactions(wanted) ? wanted : [],
  };
};

/** Rows without a usable id get one made from their key, which the database assigned. */
const DAMAGED = 'damaged-';
export const keyOfDamaged = (id: string): number | null =>
  id.startsWith(DAMAGED) ? Number(id.slice(DAMAGED.length)) : null;

const hasText = shape({ order: count, text: (value) => text(value) && value !== '' });
const isOnlyFiles = shape({ order: count, text });
/** What a message that was written here replies to. */
const isReference = shape({ messageId: uuid, seq: count });
const carriedFiles = list(shape({ key: uuid, name: text, type: text, size: count }));
const isWhole = shape({ id: uuid, chatId: text, at: moment, failure: orNull(text) });

/** A message with files. Its text is under another name, because a build from before files would send the text alone. */
type StoredWaiting = Omit<Waiting, 'order'> & { readonly order?: number; readonly caption?: string };

/** What is stored of a message. */
export const waitingRow = (waiting: Omit<Waiting, 'order'>): StoredWaiting =>
  waiting.attachments === undefined ? waiting : { ...waiting, text: '', caption: waiting.text };

const withCaption = (row: unknown): unknown => {
  const { caption, attachments: files } = (row ?? {}) as Partial<StoredWaiting>;
  return text(caption) && files !== undefined ? { ...(row as object), text: caption } : row;
};

/** Returns a row whose text can be read. If anything else is wrong with it, it counts as not sent; if its
 *  conversation can't be read, it has none. Null if the text can't be read; the row then stays on disk unchanged.
 *  `now`: replaces a time that can't be read. */
export const waitingFrom = (stored: unknown, now: number): Waiting | null => {
  const row = withCaption(stored);
  const { attachments: files } = (row ?? {}) as Partial<Waiting>;
  const carries = carriedFiles(files) && files?.length !== 0;
  if (!hasText(row) && !(carries && isOnlyFiles(row))) return null;
  const { order, id, chatId, peerId, text: written, at, failure, replyTo } = row as Waiting;
  return {
    order,
    id: uuid(id) ? id : `${DAMAGED}${String(order)}`,
    chatId: text(chatId) ? chatId : '',
    ...(uuid(peerId) && { peerId }),
    text: written,
    at: moment(at) ? at : new Date(now).toISOString(),
    failure: isWhole(row) && (files === undefined || carries) ? failure : 'damaged',
    ...(isReference(replyTo) && { replyTo }),
    ...(carries && files !== undefined && { attachments: files }),
  };
};

const draft = shape({ chatId: text, text });
const version = shape({ id: text, text });
const withReadableReply = ({ replyTo, ...rest }: DraftVersion): DraftVersion => ({
  ...rest,
  ...(isReference(replyTo) && { replyTo }),
});
/** Returns null if the row can't be read. It then stays on disk unchanged. */
export const draftFrom = (row: unknown): Draft | null => {
  if (!draft(row)) return null;
  const { chatId, text: written, id, replyTo, others } = row as Draft;
  const readable = Array.isArray(others) ? others.filter((each) => version(each)).map(withReadableReply) : [];
  return {
    chatId,
    text: written,
    ...(text(id) && { id }),
    ...(isReference(replyTo) && { replyTo }),
    ...(readable.length > 0 && { others: readable }),
  };
};
