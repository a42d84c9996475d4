/** Attachments of messages, as in SQLite, but for their bytes: those are in `attachment_chunks`, 256 KiB each, the last one shorter, so that
 *  any host has them and holds nothing. An upload writes its chunks before there is an attachment; `attachment_uploads` names it meanwhile,
 *  so that what is left of one that was broken off can be found.
 *
 *  A program of before knows nothing of attachments that have to go: the first upload waits until no such program runs [H7]. */
export const ATTACHMENTS = `
ALTER TABLE messages ADD COLUMN attachments uuid[];

CREATE TABLE attachments (
  id uuid PRIMARY KEY,
  uploader bigint NOT NULL REFERENCES users,
  name text NOT NULL,
  type text NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  at bigint NOT NULL,
  conversation bigint,
  seq integer,
  position integer
);
CREATE INDEX attachments_of_message ON attachments (conversation, seq, position) WHERE conversation IS NOT NULL;
CREATE INDEX unsent_attachments ON attachments (uploader) WHERE conversation IS NULL;
CREATE INDEX unsent_attachments_by_time ON attachments (at) WHERE conversation IS NULL;

CREATE TABLE attachment_uploads (
  id uuid PRIMARY KEY,
  started_at bigint NOT NULL
);
CREATE INDEX attachment_uploads_by_time ON attachment_uploads (started_at);

-- Most files are compressed already.
CREATE TABLE attachment_chunks (
  attachment uuid NOT NULL,
  n integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (attachment, n)
);
ALTER TABLE attachment_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Whoever adds a row waits for nobody: a conversation may be there twice.
CREATE TABLE pending_attachments (
  row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation bigint NOT NULL
);
`;
