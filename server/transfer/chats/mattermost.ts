import type { Lines } from '../../storage/transfer/parse-export.ts';
import { TransferError } from '../../storage/transfer/transfer-error.ts';
import {
  fieldsOf,
  leftOut,
  textOf,
  timeOf,
  type ChatItem,
  type ChatMessage,
  type Fields,
} from './chat-item.ts';
import { oneOfEach, type ForeignReaction } from './chat-reactions.ts';
import { emojiOfName } from './emoji-names.ts';

const VERSION = 1;
const DEPTH_MAX = 64;

/** The direct conversations of a bulk export of Mattermost: JSON lines of which the first one says the version. `path`: what messages
 *  call the file. */
export class MattermostReader {
  readonly #path: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #line = 0;
  #channelPosts = 0;
  /** Messages of groups and of people with themselves, by who was in them. */
  readonly #others = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws TransferError `foreign`, `newer`, `damaged` */
  async *items(lines: Lines): AsyncGenerator<ChatItem, void, void> {
    for await (const { bytes } of lines) {
      this.#line += 1;
      if (this.#line > 1 && bytes.every((byte) => byte === 0x20 || byte === 0x0d)) continue;
      const fields = this.#fieldsOf(bytes);
      const type = textOf(fields?.['type']);
      if (fields === null || type === null)
        throw this.#line === 1 ? this.#foreign() : this.#at('it has no type');
      if (this.#line === 1) this.#checkVersion(fields);
      else yield* this.#itemsOf(type, fieldsOf(fields[type]));
    }
    if (this.#line === 0) throw new TransferError('damaged', `${this.#path} is empty`);
    yield* this.#afterwards();
  }

  #fieldsOf(bytes: Uint8Array): Fields | null {
    if (isTooDeep(bytes)) throw this.#at('it is nested too deeply');
    try {
      return fieldsOf(JSON.parse(this.#decoder.decode(bytes)));
    } catch {
      throw this.#line === 1 ? this.#foreign() : this.#at('it is not JSON in UTF-8');
    }
  }

  #checkVersion({ type, version }: Fields): void {
    if (type !== 'version' || typeof version !== 'number') throw this.#foreign();
    if (version !== VERSION)
      throw new TransferError(
        'newer',
        `${this.#path} has version ${String(version)} of Mattermost's format, and this program knows ${String(VERSION)}`,
      );
  }

  #foreign(): TransferError {
    return new TransferError(
      'foreign',
      `${this.#path} is no bulk export of Mattermost: its first line is not {"type":"version","version":${String(VERSION)}}. ` +
        'If it is a ZIP archive, name the .jsonl file in it',
    );
  }

  #at(what: string): TransferError {
    return new TransferError(
      'damaged',
      `${this.#path} can't be imported: line ${String(this.#line)}: ${what}`,
    );
  }

  *#itemsOf(type: string, fields: Fields | null): Generator<ChatItem, void, void> {
    if (type === 'post') this.#channelPosts += 1;
    if (type !== 'user' && type !== 'direct_post') return;
    if (fields === null) throw this.#at(`there is no ${type} in it`);
    if (type === 'user') yield* this.#userOf(fields);
    else yield* this.#postOf(fields);
  }

  *#userOf(fields: Fields): Generator<ChatItem, void, void> {
    const username = textOf(fields['username']);
    if (username === null) yield leftOut(`line ${String(this.#line)}`, 'the user has no username');
    else yield { kind: 'person', id: username, names: [] };
  }

  *#postOf(post: Fields): Generator<ChatItem, void, void> {
    const place = `line ${String(this.#line)}`;
    const members = membersOf(post['channel_members']);
    const replies = Array.isArray(post['replies']) ? (post['replies'] as readonly unknown[]) : [];
    const [first, second] = members ?? [];
    if (members === null) yield leftOut(place, 'it does not say between whom it is');
    else if (first === undefined || second === undefined || members.length > 2) {
      const key = members.join(', ');
      this.#others.set(key, (this.#others.get(key) ?? 0) + 1 + replies.length);
    } else {
      const people = [first, second] as const;
      const number = this.#line;
      yield* messageOf(post, { people, place, number, answers: null });
      for (const [index, reply] of replies.entries()) {
        const where = `${place}, reply ${String(index + 1)}`;
        yield* messageOf(fieldsOf(reply) ?? {}, { people, place: where, number: null, answers: number });
      }
    }
  }

  *#afterwards(): Generator<ChatItem, void, void> {
    for (const [members, count] of this.#others)
      yield leftOut(
        `the conversation of ${members}`,
        `it is not one of two people, so all its messages are left out: ${String(count)}`,
      );
    if (this.#channelPosts > 0)
      yield leftOut(
        'the channels',
        `posts that are left out, with what answers them: ${String(this.#channelPosts)}`,
      );
  }
}

/** What is known of a message before its fields are looked at. */
type Standing = Pick<ChatMessage, 'people' | 'place' | 'number' | 'answers'>;

function* messageOf(fields: Fields, standing: Standing): Generator<ChatItem, void, void> {
  const { people, place } = standing;
  const [sender, text, at] = [textOf(fields['user']), textOf(fields['message']), timeOf(fields['create_at'])];
  const type = textOf(fields['type']) ?? '';
  const files = Array.isArray(fields['attachments']) ? fields['attachments'].length : 0;
  const attached = files === 1 ? 'an attachment' : `${String(files)} attachments`;
  if (type.startsWith('system_')) yield leftOut(place, `it is no message but a notice (${type})`);
  else if (sender === null || !people.includes(sender)) yield leftOut(place, 'it is from neither of the two');
  else if (at === null) yield leftOut(place, 'it has no time');
  else if (text === null) yield leftOut(place, 'it has no text');
  else if (text === '')
    yield leftOut(place, files === 0 ? 'it is empty' : `it is ${attached} without a text`);
  else {
    const identity = ['mattermost', ...people, sender, at, text];
    const { reactions, lost } = oneOfEach(reactionsOf(fields, at), people);
    const missing = files > 0 ? attached : null;
    yield { kind: 'message', ...standing, sender, at, text, reactions, missing, lost, identity };
  }
}

/** `sentAt`: of the message, which is the time of a reaction that says none. */
const reactionsOf = (fields: Fields, sentAt: number): readonly ForeignReaction[] => {
  const listed = Array.isArray(fields['reactions']) ? (fields['reactions'] as readonly unknown[]) : [];
  return listed.map((each) => {
    const { user, emoji_name: named, create_at: at } = fieldsOf(each) ?? {};
    const name = textOf(named) ?? '';
    return {
      ...{ person: textOf(user), name: `:${name}:`, emoji: emojiOfName(name) },
      at: Math.max(sentAt, timeOf(at) ?? sentAt),
    };
  });
};

/** Each once, in an order that does not depend on whose list it is. */
const membersOf = (value: unknown): readonly string[] | null => {
  if (!Array.isArray(value) || value.length === 0) return null;
  const members = value as readonly unknown[];
  return members.every((each) => typeof each === 'string') ? [...new Set(members)].sort() : null;
};

/** `JSON.parse` keeps every level in memory. */
const isTooDeep = (bytes: Uint8Array): boolean => {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isText) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) isText = false;
    } else if (byte === 0x22) isText = true;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
};
