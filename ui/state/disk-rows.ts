import type { Draft, Saved } from './disk.ts';
import type { Chat, Timeline } from './model.ts';
import type { Waiting } from './outbox.ts';

/** What is read from the device, checked: another build may have written it, or something damaged it. The cache is used only
 *  where it fits, since the server can tell it again. What a person wrote is kept as long as its text can be read. */

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
const message = shape({
  id: text,
  chatId: text,
  seq: orNull(count),
  mine: flag,
  text,
  at: moment,
  failure: orNull(text),
});
const deletedUser = shape({ id: text, username: text, deleted: flag });
const livingUser = shape({ id: text, username: text, status: orNull(text), last_seen: orNull(moment) });
const chat = shape({
  id: text,
  peer: (value) => deletedUser(value) || livingUser(value),
  createdAt: moment,
  lastMessage: orNull(message),
  lastSeq: count,
  unread: count,
  deliveredSeq: sides,
  readSeq: sides,
  deliveredMarks: marks,
  readMarks: marks,
});
const timeline = shape({ messages: list(message), older: flag, newer: flag });
const witness = shape({
  messageId: orNull(text),
  at: orNull(text),
  cursor: count,
  since: orNull(list(text)),
});
const place = shape({ cursor: orNull(count) });
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || orNull(check)(value);
const history = shape({ history: optional(text), witness: optional(witness) });

const belongs = (chatId: unknown, run: Timeline): boolean =>
  run.messages.every(
    (message, at) =>
      message.chatId === chatId &&
      message.seq !== null &&
      (at === 0 || message.seq === (run.messages[at - 1]?.seq ?? 0) + 1),
  );

/** Null when the rows can't be trusted as a whole: a conversation that is missing would not be told again. */
export const savedFrom = (
  held: unknown,
  chats: readonly unknown[],
  runs: readonly (readonly [unknown, unknown])[],
): Saved | null => {
  if (!place(held) || !history(held) || !chats.every(chat)) return null;
  // What rows of before there were histories lack is optional.
  const { cursor, history: of = null, witness = null } = held as Pick<Saved, 'cursor'> & Partial<Saved>;
  return {
    cursor,
    history: of,
    witness,
    chats: chats as readonly Chat[],
    timelines: runs.flatMap(([id, run]): [string, Timeline][] =>
      timeline(run) && belongs(id, run as Timeline) ? [[id as string, run as Timeline]] : [],
    ),
  };
};

/** Ids of rows that have no usable one: by their key, which the database itself gave. */
const DAMAGED = 'damaged-';
export const keyOfDamaged = (id: string): number | null =>
  id.startsWith(DAMAGED) ? Number(id.slice(DAMAGED.length)) : null;

const hasText = shape({ order: count, text: (value) => text(value) && value !== '' });
const isWhole = shape({ id: uuid, chatId: text, at: moment, failure: orNull(text) });

/** A row whose text can be read is shown, as not sent where something else is wrong with it; without a conversation, where that
 *  can't be read. Null: it stays on the disk as it is. `now`: the time of a message whose own can't be read. */
export const waitingFrom = (row: unknown, now: number): Waiting | null => {
  if (!hasText(row)) return null;
  const { order, id, chatId, peerId, text: written, at, failure } = row as Waiting;
  return {
    order,
    id: uuid(id) ? id : `${DAMAGED}${String(order)}`,
    chatId: text(chatId) ? chatId : '',
    ...(uuid(peerId) && { peerId }),
    text: written,
    at: moment(at) ? at : new Date(now).toISOString(),
    failure: isWhole(row) ? failure : 'damaged',
  };
};

const draft = shape({ chatId: text, text });
const version = shape({ id: text, text });
/** Null: it stays on the disk as it is. */
export const draftFrom = (row: unknown): Draft | null => {
  if (!draft(row)) return null;
  const { chatId, text: written, id, others } = row as Draft;
  const readable = Array.isArray(others) ? others.filter((each) => version(each)) : [];
  return {
    chatId,
    text: written,
    ...(text(id) && { id }),
    ...(readable.length > 0 && { others: readable }),
  };
};
