import type { ReactionsTo, ShownMessage, ShownReaction } from './presented-rows.ts';

type Position = Pick<ShownMessage, 'conversation' | 'seq'>;

/** Messages `first`..`last` of a conversation. */
export interface ReactionRange {
  readonly conversation: number;
  readonly first: number;
  readonly last: number;
}

/** Messages that lie between two wanted ones in a range, at most: to pass over so many costs less than to begin another range. */
const GAP_MAX = 32;

/** Few ranges that contain all these messages: a page of history is one, and a page of a log one for each conversation. */
export const reactionRanges = (messages: readonly Position[]): readonly ReactionRange[] => {
  const inOrder = [...messages].sort((a, b) => a.conversation - b.conversation || a.seq - b.seq);
  const ranges: { conversation: number; first: number; last: number }[] = [];
  for (const { conversation, seq } of inOrder) {
    const range = ranges.at(-1);
    if (range?.conversation === conversation && seq - range.last <= GAP_MAX) range.last = seq;
    else ranges.push({ conversation, first: seq, last: seq });
  }
  return ranges;
};

/** A reaction that was found in a range. */
export type FoundReaction = readonly [conversation: number, seq: number, user: number, emoji: string];

const NONE: readonly ShownReaction[] = [];

/** Reactions by their messages. */
export class FoundReactions {
  /** Made with the first one: most pages have none. */
  #byMessage: Map<string, ShownReaction[]> | undefined;

  /** `found`: in the order in which they were set. */
  add(found: readonly FoundReaction[]): this {
    for (const [conversation, seq, user, emoji] of found) {
      const byMessage = (this.#byMessage ??= new Map<string, ShownReaction[]>());
      const key = keyOf({ conversation, seq });
      const known = byMessage.get(key);
      if (known === undefined) byMessage.set(key, [{ user, emoji }]);
      else known.push({ user, emoji });
    }
    return this;
  }

  readonly to: ReactionsTo = (message) => this.#byMessage?.get(keyOf(message)) ?? NONE;
}

const keyOf = ({ conversation, seq }: Position): string => `${String(conversation)}:${String(seq)}`;
