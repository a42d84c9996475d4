/** What is found in a file of another chat program, in the order of the file. */
export type ChatItem = Person | ChatMessage | Remark;
export type ChatItems = AsyncIterable<ChatItem> | Iterable<ChatItem>;

/** Somebody in the file. A later item with the same id adds names. */
interface Person {
  readonly kind: 'person';
  /** What the file calls them, once for each. */
  readonly id: string;
  /** By which a mapping may name them too; the first one is shown, and is what a new account is called after. */
  readonly names: readonly string[];
}

/** A text that one of two people wrote to the other. */
export interface ChatMessage {
  readonly kind: 'message';
  /** Where it stands, for people. */
  readonly place: string;
  /** The ids of the two. */
  readonly people: readonly [string, string];
  readonly sender: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
  /** Its number in the file, by which answers name it; null for one that nothing answers. No two of a chat have the same. */
  readonly number: number | null;
  /** The number of the message that it answers; null: none. */
  readonly answers: number | null;
  /** At most one of each of the two. */
  readonly reactions: readonly ChatReaction[];
  /** What stood beside the text and can't be taken, in words. */
  readonly missing: string | null;
  /** What else is lost of it, in sentences. */
  readonly lost: readonly string[];
  /** What it is the only one with, in every export that holds it. */
  readonly identity: readonly (string | number)[];
}

export interface ChatReaction {
  /** The id of one of the two. */
  readonly person: string;
  readonly emoji: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is not as it was in the file. */
export interface Remark {
  readonly kind: 'remark';
  readonly place: string;
  readonly what: string;
  /** Whether a message was taken nevertheless. */
  readonly isTaken: boolean;
}

export const leftOut = (place: string, what: string): Remark => ({
  kind: 'remark',
  place,
  what,
  isTaken: false,
});
export const changed = (place: string, what: string): Remark => ({
  kind: 'remark',
  place,
  what,
  isTaken: true,
});

/** What any of JSON's values may be. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The first moment that is no RFC 3339 time any more. */
const TIME_END = Date.UTC(10_000, 0);

/** Milliseconds since the epoch, from 1970 to the year 9999; null for everything else. */
export const timeOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < TIME_END ? value : null;
