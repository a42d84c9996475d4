/** Failed logins by name, and the order in which the refresh tokens of a session were spent.
 *
 *  `login_failures` keeps the sum of each address and its window. `login_failures_of_name` says how much of that sum belongs to which
 *  name, so that a success can take back its own part. It holds the SHA-256 of the folded name and no name, because anything may be
 *  tried as a name, a deleted one too. What was counted before this migration belongs to no name and ends with its window. */
export const ACCOUNTS = `
CREATE TABLE login_failures_of_name (
  key TEXT NOT NULL REFERENCES login_failures (key) ON DELETE CASCADE,
  name_hash BLOB NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (key, name_hash)
) WITHOUT ROWID;
CREATE INDEX login_failures_of_name_by_name ON login_failures_of_name (name_hash);
CREATE INDEX login_failures_by_start ON login_failures (first_at);

DROP INDEX spent_refresh_tokens_of_session;
CREATE INDEX spent_refresh_tokens_in_order ON spent_refresh_tokens (session, spent_at);
`;
