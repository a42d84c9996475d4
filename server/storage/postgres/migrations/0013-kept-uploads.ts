/** Uploads that stay when they are broken off, so that they can be continued at any host. Such a row names its user and what the head of the
 *  upload said of the file; of others these columns are null. `received`: bytes that are in the chunks. `taker`: who may add to them; whoever
 *  continues the upload puts a value of their own there.
 *
 *  A program of before takes such a row for one of its own: it leaves it alone for a day after `started_at`, which moves as long as bytes
 *  come, and then removes it with its chunks. */
export const KEPT_UPLOADS = `
ALTER TABLE attachment_uploads
  ADD COLUMN user_row bigint REFERENCES users,
  ADD COLUMN name text,
  ADD COLUMN type text,
  ADD COLUMN size bigint,
  ADD COLUMN received bigint,
  ADD COLUMN taker uuid;
CREATE INDEX attachment_uploads_of_user ON attachment_uploads (user_row) WHERE user_row IS NOT NULL;
`;
