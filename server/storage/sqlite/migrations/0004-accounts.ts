/** Failed logins by user, and the order in which the refresh tokens of a session were spent.
 *
 *  `login_failures` keeps the sum of each address and its window. `login_failures_of_user` says how much of that sum belongs to which
 *  user, so that a success can take back its own part. What was tried as a name and is nobody's is not kept: it may be a deleted name,
 *  or a password in the wrong field. What was counted before this migration belongs to nobody and ends with its window. */
export const ACCOUNTS = `
CREATE TABLE login_failures_of_user (
  key TEXT NOT NULL REFERENCES login_failures (key) ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users (row),
  failures INTEGER NOT NULL,
  PRIMARY KEY (key, user)
) WITHOUT ROWID;
CREATE INDEX login_failures_of_user_by_user ON login_failures_of_user (user);
CREATE INDEX login_failures_by_start ON login_failures (first_at);

DROP INDEX spent_refresh_tokens_of_session;
CREATE INDEX spent_refresh_tokens_in_order ON spent_refresh_tokens (session, spent_at);
`;
