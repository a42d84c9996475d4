/** Replies and reactions.
 *
 *  A reply names the message that it replies to by id and `seq`, in its own row: that message may be gone when the reply is read.
 *
 *  `reactions` holds every change of a reaction, and none is ever changed but for `is_current`, so that a replay of a log tells what was
 *  told live. `emoji` null: the reaction was taken back. `cursor`: in the log of the user who reacted; `peer_cursor`: in the log of the
 *  other one, 0 if that user had removed the message for themselves. They go with their message. */
export const REPLIES_AND_REACTIONS = `
ALTER TABLE messages ADD COLUMN reply_to BLOB;
ALTER TABLE messages ADD COLUMN reply_seq INTEGER;

CREATE TABLE reactions (
  row INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  message INTEGER NOT NULL,
  user INTEGER NOT NULL,
  emoji TEXT,
  at INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  peer_cursor INTEGER NOT NULL,
  is_current INTEGER NOT NULL
);
CREATE UNIQUE INDEX reactions_current ON reactions (conversation, seq, user) WHERE is_current = 1;
CREATE INDEX reactions_of_message ON reactions (conversation, seq);
`;
