/** A host that was not told of a block, or of its end, looks for those since. */
export const BLOCKS_BY_TIME = `
CREATE INDEX events_of_blocks ON events (at, user_row, cursor) WHERE kind IN (9, 10);
`;
