import assert from 'node:assert/strict';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { allOnServer, onServer } from '../support/postgres-client.ts';
import type { ChatClient } from '../support/chat-client.ts';

/** Each finds nothing in a database whose numbers agree. */
const BREACHES = {
  'a seq is missing': `SELECT conversation FROM messages GROUP BY conversation HAVING min(seq) <> 1 OR max(seq) <> count(*)`,
  'a conversation does not end with its last message': `SELECT c.row FROM conversations c
    WHERE c.last_seq <> (SELECT coalesce(max(seq), 0) FROM messages m WHERE m.conversation = c.row)`,
  'a message stands in the log of a pair that is not the conversation’s': `SELECT m.id FROM messages m
    JOIN conversations c ON c.row = m.conversation WHERE least(m.sender, m.recipient) <> c.low OR greatest(m.sender, m.recipient) <> c.high`,
  'the messages of a sender are counted wrong': `SELECT conversation, sender FROM messages GROUP BY conversation, sender
    HAVING max(ordinal) <> count(*) OR min(ordinal) <> 1`,
  'a cursor was given out twice': `SELECT u, n FROM (SELECT sender AS u, sender_cursor AS n FROM messages
      UNION ALL SELECT recipient, recipient_cursor FROM messages UNION ALL SELECT user_row, cursor FROM events) logs
    GROUP BY u, n HAVING count(*) > 1`,
  // What only a later receipt covers is not kept, so that the newest entry is what a log must end with.
  'a log does not end where its head says': `SELECT h.user_row FROM heads h WHERE h.cursor <> (SELECT coalesce(max(n), 0) FROM (
      SELECT max(sender_cursor) AS n FROM messages WHERE sender = h.user_row
      UNION ALL SELECT max(recipient_cursor) FROM messages WHERE recipient = h.user_row
      UNION ALL SELECT max(cursor) FROM events WHERE user_row = h.user_row) ends)`,
  'times do not rise with the numbers': `SELECT a.id, a.seq, b.sent_at - a.sent_at FROM messages a JOIN messages b
    ON b.conversation = a.conversation AND b.seq = a.seq + 1 WHERE b.sent_at < a.sent_at`,
  'a position is ahead of the conversation': `SELECT row FROM conversations
    WHERE greatest(low_delivered, low_read, high_delivered, high_read) > last_seq OR low_read > low_delivered OR high_read > high_delivered`,
} as const;

/** @throws AssertionError if numbers in the database do not agree */
export const assertDatabaseExact = async (url: string): Promise<void> => {
  const found = await allOnServer(url, Object.values(BREACHES));
  for (const [i, what] of Object.keys(BREACHES).entries()) assert.deepEqual(found[i], [], what);
};

const UNREAD = `SELECT u.id::text, c.id::text, (SELECT count(*)::int FROM messages m WHERE m.conversation = c.row AND m.recipient = u.row
    AND m.seq > CASE WHEN u.row = c.low THEN greatest(c.low_read, c.low_cleared) ELSE greatest(c.high_read, c.high_cleared) END)
  FROM conversations c JOIN users u ON u.row IN (c.low, c.high)`;

/** What each person is told to be unread are the messages behind the position that is stored. */
export const assertUnreadExact = async (
  url: string,
  clients: readonly { readonly me: ChatClient }[],
): Promise<void> => {
  const stored = new Map(
    (await onServer(url, UNREAD)).map(([user, conversation, n]) => [
      `${String(user)} ${String(conversation)}`,
      n,
    ]),
  );
  for (const { me } of clients) {
    const { conversations } = await me.get<{ conversations: ConversationResource[] }>('/conversations');
    for (const { id, unread_count: unread } of conversations)
      assert.equal(unread, stored.get(`${me.id} ${id}`), `unread messages of ${me.username}`);
  }
};
