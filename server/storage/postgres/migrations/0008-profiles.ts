/** Profiles, as in SQLite. A program of before would leave the profile of a user that it deletes, and cannot read a log that holds a change
 *  of one: the first change raises `oldest_program`. */
export const PROFILES = `
ALTER TABLE users
  ADD COLUMN display_name text,
  ADD COLUMN about text,
  ADD COLUMN avatar text;

CREATE TABLE user_name_words (
  user_row bigint NOT NULL REFERENCES users,
  word text COLLATE "C" NOT NULL,
  PRIMARY KEY (user_row, word)
);
CREATE INDEX user_name_words_by_word ON user_name_words (word, user_row);

-- An image is compressed already.
CREATE TABLE avatars (
  user_row bigint PRIMARY KEY REFERENCES users,
  type text NOT NULL,
  bytes bytea NOT NULL
);
ALTER TABLE avatars ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- row rises with each change: whoever changed their profile first is gone on with first.
CREATE TABLE pending_profiles (
  row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_row bigint NOT NULL UNIQUE REFERENCES users,
  bucket integer NOT NULL,
  conversation bigint NOT NULL
);
CREATE UNIQUE INDEX events_of_profiles ON events (user_row, subject) WHERE kind = 7;
`;
