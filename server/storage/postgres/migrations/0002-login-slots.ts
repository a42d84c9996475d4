/** Password attempts under way, by address. The lock of an address is its row of `login_failures`, which therefore may count no
 *  failure. Without a reference to it: that row may be removed while a slot lives. */
export const LOGIN_SLOTS = `
CREATE TABLE login_slots (
  slot uuid PRIMARY KEY,
  key text NOT NULL,
  ends_at bigint NOT NULL
);
CREATE INDEX login_slots_of_key ON login_slots (key);
CREATE INDEX login_slots_by_end ON login_slots (ends_at);
`;
