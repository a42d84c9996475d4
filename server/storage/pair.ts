/** The two users of a conversation in ascending order of id. Names a conversation before it exists. */
export interface Pair {
  readonly first: string;
  readonly second: string;
}

export const pairOf = (a: string, b: string): Pair =>
  a < b ? { first: a, second: b } : { first: b, second: a };

/** The other one of the two. */
export const peerIn = (pair: Pair, userId: string): string =>
  userId === pair.first ? pair.second : pair.first;
