/** What a client says it holds. `cursor`: of its last numbered event; null when it holds none. */
export interface ResumePoint {
  readonly cursor: number | null;
  /** The history that the cursor belongs to; absent from clients that don't know of histories. */
  readonly history?: string;
  /** The newest message it holds, and the cursor it came with. */
  readonly witness?: Witness;
}

export interface Witness {
  readonly messageId: string;
  readonly cursor: number;
}

/** What the server holds: its history, where this user's log ends, and where a message stands in it (null: nowhere). */
export interface Held {
  readonly history: string;
  readonly head: number;
  readonly messageCursor: (messageId: string) => number | null;
}

/** Whether what a client holds belongs to another history than the server's: the server was restored from a backup, lost
 *  the end of its log, or is another one. The same history id is no proof, since a backup holds it too, so the witness is
 *  looked up: a log that lost its end and went on has another message there, or none. [O12] */
export const isOfAnotherHistory = ({ cursor, history, witness }: ResumePoint, held: Held): boolean =>
  (history !== undefined && history !== held.history) ||
  (cursor ?? 0) > held.head ||
  (witness !== undefined && held.messageCursor(witness.messageId) !== witness.cursor);
