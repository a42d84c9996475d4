import { fieldsOf, leftOut, textOf, timeOf, type ChatItem, type Fields } from './chat-item.ts';
import { oneOfEach, type ForeignReaction } from './chat-reactions.ts';
import { standardEmoji } from './emoji-names.ts';

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
    const people = [OWNER, chat.id] as const;
    const answered = answeredBy(fields, chat);
    const { reactions, lost } = oneOfEach(reactionsOf(fields, { chat, owner, time }), people);
    const notTaken =
      answered === 'elsewhere' ? ['it answers a message of another chat, and does not say so here'] : [];
    // Numbers of messages are those of one account: the same may be another message in the export of somebody else.
    const identity = ['telegram', chat.id, id, time, sender];
    yield {
      ...{ kind: 'message', place: at, people, sender, at: time, text, number: id },
      ...{ answers: answered === 'elsewhere' ? null : answered, reactions },
      ...{ missing: media, lost: [...notTaken, ...lost], identity },
    };
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

/** The number of the message that it answers; null: none. `elsewhere`: it is one of another chat. */
const answeredBy = (fields: Fields, chat: TelegramChat): number | null | 'elsewhere' => {
  const { reply_to_message_id: id, reply_to_peer_id: peer } = fields;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return null;
  return peer === undefined || userIdOf(peer) === chat.id ? id : 'elsewhere';
};

/** Each emoji has those who used it last, who in a chat of two people are all of them. Their times are those of the clock of whoever
 *  exported, as far from UTC as the one of the message. */
const reactionsOf = (
  fields: Fields,
  {
    chat,
    owner,
    time,
  }: { readonly chat: TelegramChat; readonly owner: TelegramOwner; readonly time: number },
): readonly ForeignReaction[] => {
  const offset = time - (localTime(fields['date']) ?? time);
  const personOf = (id: string | null): string | null => {
    if (id === null || id === chat.id) return id;
    return id === (owner.id ?? id) ? OWNER : `user${id}`;
  };
  const listed = Array.isArray(fields['reactions']) ? (fields['reactions'] as readonly unknown[]) : [];
  return listed.flatMap((each): readonly ForeignReaction[] => {
    const { emoji, recent, type } = fieldsOf(each) ?? {};
    const text = textOf(emoji);
    const name = text ?? `of the type ${textOf(type) ?? 'unknown'}`;
    const found = { name, emoji: text === null ? null : standardEmoji(text) };
    // Without a list nobody knows whose it is.
    const people = Array.isArray(recent) ? (recent as readonly unknown[]).map(fieldsOf) : [null];
    return people.map((person) => {
      const local = localTime(person?.['date']);
      return {
        ...found,
        person: personOf(userIdOf(person?.['from_id'])),
        at: local === null ? time : Math.max(time, local + offset),
      };
    });
  });
};

/** A time that says no time zone, as if it were UTC. */
const localTime = (value: unknown): number | null =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(value)
    ? timeOf(Date.parse(`${value}Z`))
    : null;

/** `date` is the clock of whoever exported, and says no time zone: old exports have nothing else. */
const sentAt = (fields: Fields): number | null => {
  const { date, date_unixtime: unix } = fields;
  if (typeof unix === 'string' && /^\d{1,12}$/.test(unix)) return timeOf(Number(unix) * 1000);
  return unix === undefined ? localTime(date) : null;
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
