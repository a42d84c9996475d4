import { allOnServer } from '../support/postgres-client.ts';

/** A message as the database has it. */
export interface StoredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly from: string;
  readonly to: string;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly sentAt: number;
  readonly content: string;
}

const MESSAGES = `SELECT m.id::text, c.id::text, m.seq, s.id::text, r.id::text, m.sender_cursor::int, m.recipient_cursor::int,
    m.sent_at::float8, m.content
  FROM messages m JOIN conversations c ON c.row = m.conversation JOIN users s ON s.row = m.sender JOIN users r ON r.row = m.recipient
  ORDER BY m.conversation, m.seq`;
const HEADS = 'SELECT u.id::text, h.cursor::int FROM heads h JOIN users u ON u.row = h.user_row';
const EVENTS = 'SELECT u.id::text, e.cursor::int FROM events e JOIN users u ON u.row = e.user_row';

type MessageRow = [...[string, string, number, string, string], ...[number, number, number, string]];

/** Everything that is stored, in the order of each conversation. */
export interface Stored {
  readonly messages: readonly StoredMessage[];
  /** By user: where the log ends. */
  readonly heads: ReadonlyMap<string, number>;
  /** `USER CURSOR` of what is in logs beside messages. */
  readonly events: ReadonlySet<string>;
}

/** Where each user's log ends. */
export const readHeads = async (url: string): Promise<ReadonlyMap<string, number>> =>
  new Map((await allOnServer(url, [HEADS]))[0] as [string, number][]);

export const readStored = async (url: string): Promise<Stored> => {
  const [rows, ends, others = []] = await allOnServer(url, [MESSAGES, HEADS, EVENTS]);
  const messages = (rows as MessageRow[]).map(
    ([id, conversationId, seq, from, to, senderCursor, recipientCursor, sentAt, content]) => ({
      ...{ id, conversationId, seq, from, to, senderCursor, recipientCursor, sentAt, content },
    }),
  );
  const heads = new Map(ends as [string, number][]);
  const events = new Set(others.map(([user, cursor]) => `${String(user)} ${String(cursor)}`));
  return { messages, heads, events };
};
