/** A host that was not told of something looks for what has changed since. */
export const PRESENCE_BY_TIME = `
CREATE INDEX user_presence_by_time ON user_presence (last_seen);
`;
