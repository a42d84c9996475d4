const side = (name: 'low' | 'high'): string => `
ALTER TABLE conversations ADD COLUMN ${name}_pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ${name}_archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ${name}_muted_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ${name}_settings_event INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN ${name}_blocks INTEGER NOT NULL DEFAULT 0;
`;

/** What users set for their side of a conversation, and whom they block.
 *
 *  `blocks` has a row for each user (`peer`) whom a user blocks, the latest with the highest number. Where the two have a conversation, their
 *  sides of it say so too: a message, and whoever sees presence, has that row before it already. `settings_event` is the cursor of the last
 *  event that told of a change of the settings; a later one takes its place. */
export const SETTINGS_AND_BLOCKS = `${side('low')}${side('high')}
CREATE TABLE blocks (
  row INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users (row),
  peer INTEGER NOT NULL REFERENCES users (row),
  at INTEGER NOT NULL,
  UNIQUE (user, peer)
);
CREATE INDEX blocks_of_peer ON blocks (peer);
`;
