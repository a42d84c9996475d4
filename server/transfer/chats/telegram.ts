import { TransferError } from '../../storage/transfer/transfer-error.ts';
import { fieldsOf, leftOut, changed, textOf, type ChatItem } from './chat-item.ts';
import { JsonFault, JsonPieces, type JsonPiece } from './json-pieces.ts';
import {
  OWNER,
  telegramMessage,
  userIdOf,
  type TelegramChat,
  type TelegramCounts,
  type TelegramOwner,
} from './telegram-message.ts';

const CHAT_FIELDS = ['name', 'type', 'id', 'messages.*'] as const;
const LISTS = ['chats', 'left_chats'] as const;
const PATHS = [
  '$.personal_information',
  ...CHAT_FIELDS.map((field) => `$.${field}`),
  ...LISTS.flatMap((list) => CHAT_FIELDS.map((field) => `$.${list}.list.*.${field}`)),
];
const IN_LIST = 5;
const OUTERMOST = 2;
const depthOf = (key: string): number => {
  if (LISTS.some((list) => list === key)) return IN_LIST;
  return PATHS.some((path) => path.split('.')[1] === key) ? OUTERMOST : Infinity;
};

/** One chat of the file while it is read. */
interface OpenChat {
  readonly key: string;
  name: string | null;
  type: string | null;
  id: string | null;
  messages: number;
}

/** What a JSON export of Telegram Desktop holds: of a whole account, or of one chat. `path`: what messages call the file. */
export class TelegramReader {
  readonly #path: string;
  readonly #owner: TelegramOwner = { id: null };
  readonly #counts: TelegramCounts = { localTimes: 0, forwarded: 0 };
  #chat: OpenChat | null = null;
  #hasChats = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws TransferError `foreign`, `damaged` */
  async *items(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ChatItem, void, void> {
    const pieces = new JsonPieces(PATHS, depthOf);
    for await (const chunk of chunks)
      for (const piece of this.#try(() => pieces.write(chunk))) yield* this.#itemsOf(piece);
    this.#try(() => {
      pieces.end();
    });
    yield* this.#endChat();
    if (!this.#hasChats)
      throw new TransferError(
        'foreign',
        `${this.#path} is no JSON export of Telegram Desktop: it holds no chats`,
      );
    yield* this.#afterwards();
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      const what = `${this.#path} is no complete JSON export of Telegram Desktop: ${error.message}`;
      throw new TransferError('damaged', what, error);
    }
  }

  *#itemsOf({ path, value }: JsonPiece): Generator<ChatItem, void, void> {
    if (path[0] === 'personal_information') {
      yield* this.#ownerOf(value);
      return;
    }
    const isListed = path[1] === 'list';
    const [field, index] = isListed ? path.slice(3) : path;
    const key = isListed ? path.slice(0, 3).join('.') : '';
    if (this.#chat?.key !== key) {
      yield* this.#endChat();
      this.#chat = { key, name: null, type: null, id: null, messages: 0 };
    }
    const chat = this.#chat;
    if (field === 'name') chat.name = textOf(value);
    else if (field === 'type') chat.type = textOf(value);
    else if (field === 'id') chat.id = userIdOf(value);
    else if (typeof index === 'number') yield* this.#messageOf(chat, index, value);
  }

  *#messageOf(chat: OpenChat, index: number, value: unknown): Generator<ChatItem, void, void> {
    this.#hasChats = true;
    if (chat.type === null)
      throw new TransferError(
        'damaged',
        `${this.#path} can't be imported: a chat does not say its type before its messages`,
      );
    chat.messages += 1;
    if (chat.type !== 'personal_chat' || chat.id === null) return;
    const known: TelegramChat = { title: titleOf(chat), id: chat.id };
    if (index === 0)
      yield {
        kind: 'person',
        id: chat.id,
        names: [...(chat.name === null ? [] : [chat.name]), `user${chat.id}`],
      };
    const before = this.#owner.id;
    yield* telegramMessage(value, { chat: known, index, owner: this.#owner, counts: this.#counts });
    if (before === null && this.#owner.id !== null)
      yield { kind: 'person', id: OWNER, names: [...nameOf(value), `user${this.#owner.id}`] };
  }

  *#ownerOf(value: unknown): Generator<ChatItem, void, void> {
    const { user_id, first_name, last_name, username } = fieldsOf(value) ?? {};
    this.#owner.id = userIdOf(user_id);
    if (this.#owner.id === null) return;
    const full = [first_name, last_name].filter((name) => typeof name === 'string' && name !== '').join(' ');
    const handle = typeof username === 'string' ? username.replace(/^@/, '') : '';
    const names = [handle, full].filter((name) => name !== '');
    yield { kind: 'person', id: OWNER, names: [...names, `user${this.#owner.id}`] };
  }

  *#endChat(): Generator<ChatItem, void, void> {
    const chat = this.#chat;
    this.#chat = null;
    if (typeof chat?.type !== 'string') return;
    // Files of other programs have a type too.
    this.#hasChats ||= chat.id !== null;
    if (chat.type === 'personal_chat' && chat.id !== null) return;
    const why = chat.type === 'personal_chat' ? 'it does not say whose it is' : 'it is no chat of two people';
    yield leftOut(
      titleOf(chat),
      `${why} (${chat.type}), so all its messages are left out: ${String(chat.messages)}`,
    );
  }

  *#afterwards(): Generator<ChatItem, void, void> {
    const { localTimes, forwarded } = this.#counts;
    const whole = (what: string, count: number) => changed('the whole file', `${what}: ${String(count)}`);
    if (localTimes > 0)
      yield whole('messages that say no time zone, whose times are taken for UTC', localTimes);
    if (forwarded > 0) yield whole('forwarded messages, taken as ones of whoever forwarded them', forwarded);
  }
}

const titleOf = ({ name, id }: OpenChat): string =>
  `the chat ${name === null ? (id ?? 'without a name') : JSON.stringify(name)}`;

const nameOf = (value: unknown): readonly string[] => {
  const from = textOf(fieldsOf(value)?.['from']);
  return from === null ? [] : [from];
};
