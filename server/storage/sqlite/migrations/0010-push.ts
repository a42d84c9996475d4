/** Where the devices of users want to hear of messages while no window is open: one push subscription for each login session, and gone
 *  with it, however it ends. A browser has one endpoint for each of its profiles, so whoever logs in there last has it. */
export const PUSH = `
CREATE TABLE push_subscriptions (
  session INTEGER PRIMARY KEY REFERENCES user_sessions (row) ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users (row),
  endpoint TEXT NOT NULL UNIQUE,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  show_text INTEGER NOT NULL
);
CREATE INDEX push_subscriptions_of_user ON push_subscriptions (user);
`;
