/** What retention leaves of messages that it has removed.
 *
 *  `removed_messages` holds what a repeated id needs for its first answer, and a hash that tells whether it is the same text [D4].
 *  Its order is that of a conversation, as exports have it. `low_removed` and `high_removed` count a side's own messages that
 *  are gone; their sum is the `seq` up to which a conversation is gone.
 *
 *  `retention` has one row. `removed_to`: the rows of `messages` up to this one are gone; they go in their order. `run` is the id of
 *  the run under way, null between runs. `file` and `bytes` say how much of its archive holds messages that are gone. */
export const RETENTION = `
ALTER TABLE conversations ADD COLUMN removed_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN low_removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN high_removed INTEGER NOT NULL DEFAULT 0;

CREATE TABLE removed_messages (
  conversation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  sender INTEGER NOT NULL,
  sender_cursor INTEGER NOT NULL,
  recipient_cursor INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  content_hash BLOB NOT NULL,
  PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;

CREATE TABLE retention (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  removed INTEGER NOT NULL DEFAULT 0,
  removed_to INTEGER NOT NULL DEFAULT 0,
  last_run_at INTEGER,
  run TEXT,
  file TEXT,
  bytes INTEGER NOT NULL DEFAULT 0,
  active_at INTEGER NOT NULL DEFAULT 0
);
INSERT INTO retention (one) VALUES (1);
`;
