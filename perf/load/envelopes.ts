import { headerLength, sealFrame } from './frame.ts';

/** The frames of PROTOCOL.md as bytes. Every measured server speaks them, the baselines too. */

const HEX = Buffer.from('0123456789abcdef');
const ID_AT = '{"id":"'.length;
const AFTER_ID = '","type":"message","timestamp":"';
const TIME_AT = ID_AT + 36 + AFTER_ID.length;
const AFTER_TIME = '","payload":{"recipient_id":"';
const RECIPIENT_AT = TIME_AT + 24 + AFTER_TIME.length;
const AFTER_RECIPIENT = '","content":"';
const CONTENT_AT = RECIPIENT_AT + 36 + AFTER_RECIPIENT.length;
const TAIL = '"}}';
/** Where an envelope's type begins when `id` comes first, as in all that servers send. */
const TYPE_AT = ID_AT + 36 + '","type":"'.length;

const hex = (bytes: Buffer, at: number, digits: number, value: number): void => {
  let left = value;
  for (let i = digits - 1; i >= 0; i -= 1) {
    bytes[at + i] = HEX[left & 15]!;
    left = Math.floor(left / 16);
  }
};

/** Reads `digits` hexadecimal digits. */
const unhex = (bytes: Buffer, at: number, digits: number): number => {
  let value = 0;
  for (let i = 0; i < digits; i += 1) {
    const c = bytes[at + i]!;
    value = value * 16 + (c <= 0x39 ? c - 0x30 : c - 0x57);
  }
  return value;
};

/** Where the maker stands in an id. */
const MAKER_AT = 20;
const MAKER_DIGITS = 3;
const PAIR_DIGITS = 5;
const SEQUENCE_DIGITS = 7;

/** Builds the message frames of one sender after another. Ids are UUIDs of version 7 whose random part says the maker, the pair
 *  and its running number, so that an answer names what it answers without a table. */
export class MessageFrames {
  readonly #maker: number;
  readonly #texts: readonly Buffer[];
  #time = Buffer.alloc(24);
  #timeMs = 0;
  #nextText = 0;

  /** `maker`: 0 to 4095, different for all who send to one server at the same time. Texts are ASCII without quotes. */
  constructor(maker: number, texts: readonly string[]) {
    this.#maker = maker;
    this.#texts = texts.map((text) => Buffer.from(text, 'latin1'));
  }

  /** Bytes that one frame takes at most. */
  get room(): number {
    return 14 + CONTENT_AT + Math.max(...this.#texts.map((text) => text.length)) + TAIL.length;
  }

  /** Writes a frame at `at`; returns where it ends. `nowMs`: since the epoch. */
  write(into: Buffer, at: number, template: Buffer, pair: number, sequence: number, nowMs: number): number {
    const text = this.#texts[this.#nextText]!;
    this.#nextText = (this.#nextText + 1) % this.#texts.length;
    if (nowMs !== this.#timeMs) {
      this.#timeMs = nowMs;
      this.#time = Buffer.from(new Date(nowMs).toISOString(), 'latin1');
    }
    const length = CONTENT_AT + text.length + TAIL.length;
    const start = at + headerLength(length);
    template.copy(into, start);
    this.#id(into, start + ID_AT, pair, sequence);
    this.#time.copy(into, start + TIME_AT);
    text.copy(into, start + CONTENT_AT);
    into.write(TAIL, start + CONTENT_AT + text.length, 'latin1');
    sealFrame(into, start, length);
    return start + length;
  }

  /** Whether the id of a message at `at` is one of these frames. */
  made(bytes: Buffer, at: number): boolean {
    return unhex(bytes, at + MAKER_AT, MAKER_DIGITS) === this.#maker;
  }

  #id(into: Buffer, at: number, pair: number, sequence: number): void {
    hex(into, at, 8, Math.floor(this.#timeMs / 65_536));
    hex(into, at + 9, 4, this.#timeMs % 65_536);
    into.write('7000-8', at + 14, 'latin1');
    hex(into, at + MAKER_AT, MAKER_DIGITS, this.#maker);
    hex(into, at + 24, PAIR_DIGITS, pair);
    hex(into, at + 24 + PAIR_DIGITS, SEQUENCE_DIGITS, sequence);
  }
}

/** What stays the same in all messages to one person. */
export const messageTemplate = (recipientId: string): Buffer =>
  Buffer.from(
    `{"id":"00000000-0000-7000-8000-000000000000${AFTER_ID}${'0'.repeat(24)}${AFTER_TIME}${recipientId}${AFTER_RECIPIENT}`,
    'latin1',
  );

export type DownKind = 'message' | 'ack' | 'sync' | 'ping' | 'error' | 'other';

/** What an envelope from the server is, by its bytes. Throws when `id` and `type` don't come first. */
export const kindOf = (bytes: Buffer, start: number): DownKind => {
  const at = start + TYPE_AT;
  if (bytes[at - 1] !== 0x22 || bytes[start + 2] !== 0x69) {
    throw new Error(`an envelope of another layout: ${bytes.toString('utf8', start, start + 100)}`);
  }
  switch (bytes[at]) {
    case 0x6d:
      return 'message';
    case 0x73:
      return bytes[at + 1] === 0x79 ? 'sync' : 'other';
    case 0x61:
      return bytes[at + 1] === 0x63 ? 'ack' : 'other';
    case 0x65:
      return 'error';
    case 0x70:
      return bytes[at + 1] === 0x69 ? 'ping' : 'other';
    default:
      return 'other';
  }
};

/** Pair and running number out of a message id of ours. */
export const pairIn = (bytes: Buffer, idAt: number): number => unhex(bytes, idAt + 24, PAIR_DIGITS);
export const sequenceIn = (bytes: Buffer, idAt: number): number =>
  unhex(bytes, idAt + 24 + PAIR_DIGITS, SEQUENCE_DIGITS);

const MESSAGE_ID = Buffer.from('"message_id":"');
const STATUS = Buffer.from('"status":"');
const CURSOR = Buffer.from('"cursor":');

/** Where the message id of a `message` or `ack` begins. */
export const messageIdAt = (bytes: Buffer, start: number): number =>
  bytes.indexOf(MESSAGE_ID, start + TYPE_AT) + MESSAGE_ID.length;

/** Whether an `ack` says `sent` (and not `delivered` or `read`). */
export const saysSent = (bytes: Buffer, start: number): boolean =>
  bytes[bytes.indexOf(STATUS, start + TYPE_AT) + STATUS.length] === 0x73;

/** The envelope's own cursor, which stands at its end; null where it has none. */
export const cursorIn = (bytes: Buffer, end: number): number | null => {
  let at = end - 2;
  let value = 0;
  for (let scale = 1; at > 0 && bytes[at]! >= 0x30 && bytes[at]! <= 0x39; at -= 1, scale *= 10) {
    value += (bytes[at]! - 0x30) * scale;
  }
  return bytes.compare(CURSOR, 0, CURSOR.length, at + 1 - CURSOR.length, at + 1) === 0 ? value : null;
};
