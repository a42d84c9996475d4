const side = (name: 'low' | 'high'): string => `
  ADD COLUMN ${name}_pinned boolean NOT NULL DEFAULT false,
  ADD COLUMN ${name}_archived boolean NOT NULL DEFAULT false,
  ADD COLUMN ${name}_muted_until bigint NOT NULL DEFAULT 0,
  ADD COLUMN ${name}_settings_event bigint NOT NULL DEFAULT 0,
  ADD COLUMN ${name}_blocks boolean NOT NULL DEFAULT false`;

/** What users set for their side of a conversation, and whom they block, as in SQLite. A program of before lets messages of blocked users
 *  through, and cannot read a log that holds a change of settings or a block: the first of them waits until no such program runs [H7]. */
export const SETTINGS_AND_BLOCKS = `
ALTER TABLE conversations ${side('low')}, ${side('high')};

-- row rises with each block: the last one comes first in lists.
CREATE TABLE blocks (
  row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_row bigint NOT NULL REFERENCES users,
  peer bigint NOT NULL REFERENCES users,
  at bigint NOT NULL,
  UNIQUE (user_row, peer)
);
CREATE INDEX blocks_of_peer ON blocks (peer);
`;
