import { fieldsOf, leftOut, textOf, timeOf, type ChatItem, type Fields } from './chat-item.ts';

/** The chat that a message stands in. */
export interface TelegramChat {
  /** For people. */
  readonly title: string;
  /** Of the other one. */
  readonly id: string;
}

/** What messages have that is lost, or was unclear, in the whole file. */
export interface TelegramCounts {
  localTimes: number;
  forwarded: number;
  replies: number;
  reactions: number;
}

/** The one whose account was exported: their id is not known before the first message of theirs. */
export interface TelegramOwner {
  id: string | null;
}
export const OWNER = 'owner';

/** Ids of users are `user123` now, and were numbers once. Null: of a channel, or none at all. */
export const userIdOf = (value: unknown): string | null => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') return null;
  return /^(?:user)?(\d{1,20})$/.exec(value)?.[1] ?? null;
};

/** One entry of `messages` of a chat with one person. `index`: its position there. */
export function* telegramMessage(
  value: unknown,
  { chat, index, owner, counts }: TelegramContext,
): Generator<ChatItem, void, void> {
  const fields = fieldsOf(value);
  const id = fields?.['id'];
  const at = `${chat.title}, ${typeof id === 'number' ? `message ${String(id)}` : `entry ${String(index + 1)}`}`;
  if (fields === null || typeof id !== 'number' || !Number.isSafeInteger(id)) {
    yield leftOut(at, 'it has no id');
    return;
  }
  if (fields['type'] !== 'message') {
    yield leftOut(at, noticeOf(fields));
    return;
  }
  const sender = senderOf(fields, chat, owner);
  const time = sentAt(fields);
  const text = plainText(fields['text']);
  const media = mediaOf(fields);
  if (sender === null) yield leftOut(at, 'it is from neither of the two');
  else if (time === null) yield leftOut(at, 'it has no time');
  else if (text === null) yield leftOut(at, 'its text has a form that is not known');
  else if (text === '') yield leftOut(at, media === null ? 'it is empty' : `it is ${media} without a text`);
  else {
    if (fields['date_unixtime'] === undefined) counts.localTimes += 1;
    if (fields['forwarded_from'] !== undefined) counts.forwarded += 1;
    if (fields['reply_to_message_id'] !== undefined) counts.replies += 1;
    if (Array.isArray(fields['reactions'])) counts.reactions += 1;
    const people = [OWNER, chat.id] as const;
    // Numbers of messages are those of one account: the same may be another message in the export of somebody else.
    const identity = ['telegram', chat.id, id, time, sender];
    yield { kind: 'message', place: at, people, sender, at: time, text, missing: media, identity };
  }
}

export interface TelegramContext {
  readonly chat: TelegramChat;
  readonly index: number;
  readonly owner: TelegramOwner;
  readonly counts: TelegramCounts;
}

const noticeOf = (fields: Fields): string => {
  const action = textOf(fields['action']);
  return fields['type'] === 'service'
    ? `it is no message but a notice${action === null ? '' : ` (${action})`}`
    : 'it has a type that is not known';
};

/** The first one who is not the other one of a chat is the owner of the account; whoever comes after that is neither. */
const senderOf = (fields: Fields, chat: TelegramChat, owner: TelegramOwner): string | null => {
  const from = userIdOf(fields['from_id']);
  if (from === null) return null;
  if (from === chat.id) return chat.id;
  owner.id ??= from;
  return from === owner.id ? OWNER : null;
};

/** `date` is the clock of whoever exported, and says no time zone: old exports have nothing else. */
const sentAt = (fields: Fields): number | null => {
  const { date, date_unixtime: unix } = fields;
  if (typeof unix === 'string' && /^\d{1,12}$/.test(unix)) return timeOf(Number(unix) * 1000);
  if (unix !== undefined || typeof date !== 'string') return null;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(date) ? timeOf(Date.parse(`${date}Z`)) : null;
};

/** A text, or texts and marked-up pieces. Where a link hides behind other words, its address follows in brackets. */
const plainText = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  let text = '';
  for (const piece of value as readonly unknown[]) {
    const { text: words, href } = typeof piece === 'string' ? { text: piece } : (fieldsOf(piece) ?? {});
    if (typeof words !== 'string') return null;
    text += typeof href === 'string' && href !== '' && href !== words ? `${words} (${href})` : words;
  }
  return text;
};

const MEDIA: Readonly<Record<string, string>> = {
  sticker: 'a sticker',
  video_message: 'a video message',
  voice_message: 'a voice message',
  animation: 'an animation',
  video_file: 'a video',
  audio_file: 'an audio file',
};
const BY_FIELD: Readonly<Record<string, string>> = {
  photo: 'a photo',
  file: 'a file',
  contact_information: 'a contact',
  location_information: 'a location',
  place_name: 'a location',
  poll: 'a poll',
  game_title: 'a game',
  invoice_information: 'an invoice',
};

const mediaOf = (fields: Fields): string | null => {
  const type = textOf(fields['media_type']);
  if (type !== null) return Object.hasOwn(MEDIA, type) ? (MEDIA[type] ?? null) : 'an attachment';
  const field = Object.keys(BY_FIELD).find((name) => Object.hasOwn(fields, name));
  return field === undefined ? null : (BY_FIELD[field] ?? null);
};
