/** What retention leaves of messages that it has removed, as in SQLite, where messages have rows that go in their order; here the oldest
 *  of each conversation go. A program of before cannot live with a message that is gone: the first removal raises `oldest_program`. */
export const RETENTION = `
ALTER TABLE conversations
  ADD COLUMN removed_until bigint NOT NULL DEFAULT 0,
  ADD COLUMN low_removed integer NOT NULL DEFAULT 0,
  ADD COLUMN high_removed integer NOT NULL DEFAULT 0;

CREATE TABLE removed_messages (
  conversation bigint NOT NULL,
  seq integer NOT NULL,
  id uuid NOT NULL UNIQUE,
  sender bigint NOT NULL,
  sender_cursor bigint NOT NULL,
  recipient_cursor bigint NOT NULL,
  sent_at bigint NOT NULL,
  content_hash bytea NOT NULL,
  PRIMARY KEY (conversation, seq)
);

CREATE TABLE retention (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  removed bigint NOT NULL DEFAULT 0,
  last_run_at bigint,
  run uuid,
  file text,
  bytes bigint NOT NULL DEFAULT 0,
  active_at bigint NOT NULL DEFAULT 0
);
INSERT INTO retention DEFAULT VALUES;
`;
