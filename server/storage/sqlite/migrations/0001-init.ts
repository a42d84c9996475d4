/** The first schema. Rows refer to one another by small integers; UUIDs stand once, as 16 bytes.
 *
 *  What is written for each message decides the server's speed, so a message touches as few pages as possible: its own row
 *  and the index of its id (both at the right edge, with time-ordered ids), its conversation's row, and two rows of `heads`.
 *  History and logs need no index entry per message: each message points back to the previous one of its conversation
 *  and of both people's logs, and every 32nd place is marked, so that any place is at most 32 steps from a mark.
 *
 *  A deleted person's name stays in two places only: `reserved_names`, so that it is never given out again [A1], and
 *  `messages.deleted_user_name`, for the operator. No query reads it from there. */
export const INIT = `
CREATE TABLE users (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  username TEXT UNIQUE,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  is_anonymized INTEGER NOT NULL DEFAULT 0,
  CHECK ((username IS NULL) = is_anonymized)
);

CREATE TABLE credentials (
  user INTEGER PRIMARY KEY REFERENCES users (row),
  password_hash TEXT NOT NULL
);

CREATE TABLE reserved_names (name TEXT PRIMARY KEY) WITHOUT ROWID;

-- One per unordered pair. Per side: messages sent; how far the other's messages are delivered, read, cleared (as seq, and as
-- their number); whether the list leaves it out; the cursors of the last receipts in the logs.
CREATE TABLE conversations (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  low INTEGER NOT NULL REFERENCES users (row),
  high INTEGER NOT NULL REFERENCES users (row),
  created_at INTEGER NOT NULL,
  activity INTEGER NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_message INTEGER NOT NULL DEFAULT 0,
  low_sent INTEGER NOT NULL DEFAULT 0,
  low_delivered INTEGER NOT NULL DEFAULT 0,
  low_delivered_count INTEGER NOT NULL DEFAULT 0,
  low_read INTEGER NOT NULL DEFAULT 0,
  low_read_count INTEGER NOT NULL DEFAULT 0,
  low_cleared INTEGER NOT NULL DEFAULT 0,
  low_cleared_count INTEGER NOT NULL DEFAULT 0,
  low_hidden INTEGER NOT NULL DEFAULT 0,
  low_delivered_event INTEGER NOT NULL DEFAULT 0,
  low_read_event INTEGER NOT NULL DEFAULT 0,
  low_own_read_event INTEGER NOT NULL DEFAULT 0,
  high_sent INTEGER NOT NULL DEFAULT 0,
  high_delivered INTEGER NOT NULL DEFAULT 0,
  high_delivered_count INTEGER NOT NULL DEFAULT 0,
  high_read INTEGER NOT NULL DEFAULT 0,
  high_read_count INTEGER NOT NULL DEFAULT 0,
  high_cleared INTEGER NOT NULL DEFAULT 0,
  high_cleared_count INTEGER NOT NULL DEFAULT 0,
  high_hidden INTEGER NOT NULL DEFAULT 0,
  high_delivered_event INTEGER NOT NULL DEFAULT 0,
  high_read_event INTEGER NOT NULL DEFAULT 0,
  high_own_read_event INTEGER NOT NULL DEFAULT 0,
  CHECK (low < high),
  UNIQUE (low, high)
);

-- Each person's conversations by the hour of their last activity: a message moves the entry only when the hour changes.
CREATE TABLE members (
  user INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  conversation INTEGER NOT NULL REFERENCES conversations (row),
  peer INTEGER NOT NULL,
  PRIMARY KEY (user, hour, conversation)
) WITHOUT ROWID;

-- Immutable but for the two columns of anonymisation. Cursors stay with the message, so that a retry gets its first answer.
CREATE TABLE messages (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  conversation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  recipient INTEGER NOT NULL,
  sender_cursor INTEGER NOT NULL,
  recipient_cursor INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  sender_previous INTEGER NOT NULL,
  recipient_previous INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  content TEXT NOT NULL,
  is_anonymized INTEGER NOT NULL DEFAULT 0,
  deleted_user_name TEXT
);
CREATE TABLE message_marks (
  conversation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;

-- The end of each person's log: its last cursor, and its last message with that message's cursor there.
CREATE TABLE heads (
  user INTEGER PRIMARY KEY REFERENCES users (row),
  cursor INTEGER NOT NULL DEFAULT 0,
  message INTEGER NOT NULL DEFAULT 0,
  message_cursor INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE log_marks (
  user INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (user, cursor)
) WITHOUT ROWID;
-- Events of a log that are not messages. subject: a message (receipts), a conversation, or a person.
CREATE TABLE events (
  user INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  at INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  PRIMARY KEY (user, cursor)
) WITHOUT ROWID;

CREATE TABLE user_sessions (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  user INTEGER NOT NULL REFERENCES users (row),
  refresh_hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_activity INTEGER NOT NULL,
  ip_address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  connected INTEGER NOT NULL DEFAULT 0,
  websocket_id TEXT
);
CREATE INDEX user_sessions_of_user ON user_sessions (user);
CREATE INDEX user_sessions_by_expiry ON user_sessions (expires_at);
CREATE INDEX user_sessions_connected ON user_sessions (connected) WHERE connected = 1;

CREATE TABLE spent_refresh_tokens (
  hash BLOB PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES user_sessions (row) ON DELETE CASCADE,
  successor_hash BLOB NOT NULL,
  spent_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX spent_refresh_tokens_of_session ON spent_refresh_tokens (session);
CREATE INDEX spent_refresh_tokens_by_expiry ON spent_refresh_tokens (expires_at);

CREATE TABLE user_presence (
  user INTEGER PRIMARY KEY REFERENCES users (row),
  status TEXT NOT NULL CHECK (status IN ('online', 'offline')),
  last_seen INTEGER NOT NULL
);
CREATE INDEX user_presence_online ON user_presence (status) WHERE status = 'online';

CREATE TABLE login_failures (
  key TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX login_failures_by_end ON login_failures (ends_at);
CREATE TABLE signups (
  key TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX signups_by_start ON signups (first_at);
CREATE TABLE invites (
  hash BLOB PRIMARY KEY,
  created_at INTEGER NOT NULL,
  used_at INTEGER
) WITHOUT ROWID;

-- Which messages of a chunk of 4,096 rows hold a run of one, two or three characters, or belong to a person.
CREATE TABLE search_postings (
  chunk INTEGER NOT NULL,
  gram INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (chunk, gram)
) WITHOUT ROWID;

CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('indexed_chunks', 0), ('probe', 0), ('erasures', 0);
`;
