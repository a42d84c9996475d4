/** What a client says it holds. `cursor`: of its last numbered event; null when it holds none. */
export interface ResumePoint {
  readonly cursor: number | null;
  /** The history that the cursor belongs to; absent from clients that don't know of histories. */
  readonly history?: string;
  /** The newest message it holds, and the cursor it came with. */
  readonly witness?: Witness;
}

interface Witness {
  readonly messageId: string;
  readonly cursor: number;
}

/** The server's side: its history, the end of this user's log, and the cursor of a message in it (null: not in it). */
export interface Held {
  readonly history: string;
  readonly head: number;
  readonly messageCursor: (messageId: string) => Promise<number | null>;
}

/** Whether a client's data belong to another history than the server's: the server was restored from a backup, lost the end of
 *  its log, or is another server. An equal history id proves nothing, because a backup contains it too. Therefore the witness is
 *  looked up: a log that lost its end and went on has another message at that cursor, or none [O12]. */
export const isOfAnotherHistory = async (
  { cursor, history, witness }: ResumePoint,
  held: Held,
): Promise<boolean> =>
  (history !== undefined && history !== held.history) ||
  (cursor ?? 0) > held.head ||
  (witness !== undefined && (await held.messageCursor(witness.messageId)) !== witness.cursor);

/** A cursor beyond the end of the log means a replay from its beginning [O8]. */
export const cursorWithin = (cursor: number, head: number): number => (cursor <= head ? cursor : 0);
