/** Push subscriptions, as in SQLite. A program of before ends sessions without a word of them: the reference takes them along. */
export const PUSH = `
CREATE TABLE push_subscriptions (
  session bigint PRIMARY KEY REFERENCES user_sessions ON DELETE CASCADE,
  user_row bigint NOT NULL REFERENCES users,
  endpoint text COLLATE "C" NOT NULL UNIQUE,
  p256dh text NOT NULL,
  auth text NOT NULL,
  show_text boolean NOT NULL
);
CREATE INDEX push_subscriptions_of_user ON push_subscriptions (user_row);
`;
