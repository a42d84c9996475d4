import type { ChatItem, ChatMessage, Remark } from '../../../server/transfer/chats/chat-item.ts';
import { MattermostReader } from '../../../server/transfer/chats/mattermost.ts';
import { TelegramReader } from '../../../server/transfer/chats/telegram.ts';

/** What a reader finds in a text, by kind. */
export class Found {
  readonly items: ChatItem[] = [];

  get messages(): readonly ChatMessage[] {
    return this.items.filter((item) => item.kind === 'message');
  }

  get texts(): readonly string[] {
    return this.messages.map(({ sender, text }) => `${sender}: ${text}`);
  }

  /** `place: what`, with a plus for messages that were taken nevertheless. */
  get remarks(): readonly string[] {
    return this.items
      .filter((item): item is Remark => item.kind === 'remark')
      .map(({ place, what, isTaken }) => `${isTaken ? '+' : '-'} ${place}: ${what}`);
  }

  /** What is left out of messages. */
  get missing(): readonly string[] {
    return this.messages.flatMap(({ place, missing }) => (missing === null ? [] : [`${place}: ${missing}`]));
  }

  names(id: string): readonly string[] {
    return this.items.flatMap((item) => (item.kind === 'person' && item.id === id ? item.names : []));
  }
}

const collected = async (items: AsyncIterable<ChatItem>): Promise<Found> => {
  const found = new Found();
  for await (const item of items) found.items.push(item);
  return found;
};

// eslint-disable-next-line @typescript-eslint/require-await -- readers take what files give
async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** `chunk`: how many bytes the file is read at a time. */
export const readTelegram = (file: unknown, chunk = 1_000): Promise<Found> => {
  const bytes = Buffer.from(typeof file === 'string' ? file : JSON.stringify(file, null, 1));
  return collected(new TelegramReader('result.json').items(piecesOf(bytes, chunk)));
};

// eslint-disable-next-line @typescript-eslint/require-await -- likewise
async function* linesOf(text: string) {
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const isEnded = at < lines.length - 1;
    if (isEnded || line !== '') yield { bytes: Buffer.from(line), isEnded };
  }
}

export const readMattermost = (lines: readonly unknown[] | string): Promise<Found> => {
  const text = typeof lines === 'string' ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return collected(new MattermostReader('export.jsonl').items(linesOf(text)));
};
