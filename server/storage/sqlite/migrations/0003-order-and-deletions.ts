/** Lists of conversations are ordered by what happened: per side, the cursor in that person's log of the newest message, or of the
 *  event that made the conversation. Before, the order was the time of the last activity, and a clock that had run ahead
 *  left its conversations on top until that time had come. Where clocks were right the order stays what it was.
 *
 *  Deletions of accounts are decided in one small transaction and carried out in steps; `pending_deletions` says how far each is.
 *  The name stands there only until the last step. The end of a session no longer takes its spent tokens along, for the same reason. */
export const ORDER_AND_DELETIONS = `
ALTER TABLE conversations ADD COLUMN low_activity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN high_activity INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET
  low_activity = CASE WHEN m.sender = low THEN m.sender_cursor ELSE m.recipient_cursor END,
  high_activity = CASE WHEN m.sender = high THEN m.sender_cursor ELSE m.recipient_cursor END
  FROM messages m WHERE m.row = last_message;
-- Not written in yet: only those who opened it list it, where their logs say that they did.
CREATE TEMP TABLE opened (conversation, user, cursor, PRIMARY KEY (conversation, user)) WITHOUT ROWID;
INSERT INTO temp.opened SELECT subject, user, max(cursor) FROM main.events WHERE kind = 3 GROUP BY subject, user;
UPDATE conversations SET
  low_activity = coalesce((SELECT cursor FROM temp.opened o WHERE o.conversation = row AND o.user = low), 0),
  high_activity = coalesce((SELECT cursor FROM temp.opened o WHERE o.conversation = row AND o.user = high), 0)
  WHERE last_message = 0;
DROP TABLE temp.opened;
ALTER TABLE conversations DROP COLUMN activity;

DROP TABLE members;
-- Each person's conversations by 256 numbers of their log: a message moves the entry only when it crosses into others.
CREATE TABLE members (
  user INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  conversation INTEGER NOT NULL REFERENCES conversations (row),
  peer INTEGER NOT NULL,
  PRIMARY KEY (user, bucket, conversation)
) WITHOUT ROWID;
INSERT INTO members
  SELECT low AS user, low_activity / 256, row, high FROM conversations
  UNION ALL SELECT high, high_activity / 256, row, low FROM conversations
  ORDER BY 1, 2, 3;

-- stage 0: the entry of members after which partners have not been told yet; 1: events of the person's own log; 2: the message
-- from which on back the person's own ones have no name yet.
CREATE TABLE pending_deletions (
  row INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users (row),
  name TEXT NOT NULL,
  stage INTEGER NOT NULL DEFAULT 0,
  bucket INTEGER NOT NULL DEFAULT -1,
  conversation INTEGER NOT NULL DEFAULT 0,
  message INTEGER NOT NULL
);
CREATE INDEX pending_deletions_by_stage ON pending_deletions (stage);

-- Without the reference that took a session's spent tokens along: there may be any number of them, and the session ends at once. They
-- go when their time is over; a session's row number is not given out again before.
CREATE TABLE spent_tokens (
  hash BLOB PRIMARY KEY,
  session INTEGER NOT NULL,
  successor_hash BLOB NOT NULL,
  spent_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO spent_tokens SELECT * FROM spent_refresh_tokens ORDER BY hash;
DROP TABLE spent_refresh_tokens;
ALTER TABLE spent_tokens RENAME TO spent_refresh_tokens;
CREATE INDEX spent_refresh_tokens_of_session ON spent_refresh_tokens (session);
CREATE INDEX spent_refresh_tokens_by_expiry ON spent_refresh_tokens (expires_at);
`;
