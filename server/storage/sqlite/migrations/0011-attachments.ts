/** Attachments of messages.
 *
 *  `messages.attachments` holds the ids of a message's attachments, 16 bytes each, in their order; null for a message without any, which
 *  costs no look into another table. A repeat of the message is compared with it, also after the attachments themselves have gone.
 *
 *  `attachments` has those that are uploaded. One that is sent names its message by `conversation` and `seq`, and stands at `position`
 *  there, from 0. Its bytes are a file of the data directory, which is named by `sha256`, 32 bytes; several attachments may have the same.
 *
 *  `removed_files`: files whose last attachment has gone, and that have still to be removed.
 *  `pending_attachments`: conversations with attachments that nobody can see any more, and that go in steps. */
export const ATTACHMENTS = `
ALTER TABLE messages ADD COLUMN attachments BLOB;

CREATE TABLE attachments (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  uploader INTEGER NOT NULL REFERENCES users (row),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  at INTEGER NOT NULL,
  conversation INTEGER,
  seq INTEGER,
  position INTEGER
);
CREATE INDEX attachments_of_message ON attachments (conversation, seq, position) WHERE conversation IS NOT NULL;
CREATE INDEX attachments_by_file ON attachments (sha256);
CREATE INDEX unsent_attachments ON attachments (uploader) WHERE conversation IS NULL;
CREATE INDEX unsent_attachments_by_time ON attachments (at) WHERE conversation IS NULL;

CREATE TABLE removed_files (
  sha256 BLOB PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE pending_attachments (
  conversation INTEGER PRIMARY KEY
);
`;
