/** What an operator decides about users: roles, disabled users, one-time codes for a new password, invitations with a number of
 *  uses and an expiry, and the audit log.
 *
 *  `audit_records` names a user only by row, so that a name is gone from it once the user is deleted. `actor` is an account of the
 *  system or `admin:` and a user id. `target` names what is not a user. `detail` is a JSON object.
 *
 *  Invitations get numbers by which an operator can list and revoke them. An invitation from before is good once, as it was. */
export const ADMINISTRATION = `
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin'));
ALTER TABLE users ADD COLUMN disabled_at INTEGER;

CREATE TABLE password_resets (
  user INTEGER PRIMARY KEY REFERENCES users (row),
  hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX password_resets_by_expiry ON password_resets (expires_at);

CREATE TABLE audit_records (
  row INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  origin TEXT NOT NULL,
  action TEXT NOT NULL,
  subject INTEGER REFERENCES users (row),
  target TEXT,
  detail TEXT
);

CREATE TABLE counted_invites (
  row INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  uses_left INTEGER NOT NULL,
  uses INTEGER NOT NULL DEFAULT 0,
  used_at INTEGER,
  expires_at INTEGER,
  revoked_at INTEGER
);
INSERT INTO counted_invites (hash, created_at, uses_left, uses, used_at)
  SELECT hash, created_at, used_at IS NULL, used_at IS NOT NULL, used_at FROM invites ORDER BY created_at, hash;
DROP TABLE invites;
ALTER TABLE counted_invites RENAME TO invites;
`;
