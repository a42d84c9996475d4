/** Profiles: what users say about themselves, and their avatars.
 *
 *  `users.avatar` is the version of the avatar, whose bytes are in `avatars`. Before the bytes stands room for one page: what SQLite keeps of a
 *  row in the page of its neighbours holds none of the image, so that a deletion leaves no trace of it where rows were moved.
 *
 *  `user_name_words` has each word of a display name once, folded, by which users are found.
 *
 *  `pending_profiles` says whose partners have still to be told of a change, and after which entry of `members`. A log has at most one such
 *  event about each user: a later one takes its place. */
export const PROFILES = `
ALTER TABLE users ADD COLUMN display_name TEXT;
ALTER TABLE users ADD COLUMN about TEXT;
ALTER TABLE users ADD COLUMN avatar TEXT;

CREATE TABLE user_name_words (
  row INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users (row),
  word TEXT NOT NULL
);
CREATE INDEX user_name_words_by_word ON user_name_words (word, user);
CREATE INDEX user_name_words_of_user ON user_name_words (user, word);

CREATE TABLE avatars (
  user INTEGER PRIMARY KEY REFERENCES users (row),
  room BLOB NOT NULL DEFAULT (zeroblob(4096)),
  type TEXT NOT NULL,
  bytes BLOB NOT NULL
);

CREATE TABLE pending_profiles (
  row INTEGER PRIMARY KEY,
  user INTEGER NOT NULL UNIQUE REFERENCES users (row),
  bucket INTEGER NOT NULL,
  conversation INTEGER NOT NULL
);
CREATE UNIQUE INDEX events_of_profiles ON events (user, subject) WHERE kind = 7;
`;
