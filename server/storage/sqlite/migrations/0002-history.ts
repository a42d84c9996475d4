/** A UUIDv7, as all ids that the server makes. */
export const NEW_HISTORY = `
  SELECT substr(ms, 1, 8) || '-' || substr(ms, 9) || '-7' || substr(random, 1, 3) || '-'
    || substr('89ab', 1 + (random() & 3), 1) || substr(random, 4, 3) || '-' || substr(random, 7, 12)
  FROM (SELECT printf('%012x', CAST(unixepoch('subsec') * 1000 AS INTEGER)) AS ms,
    lower(hex(randomblob(9))) AS random)`;

/** `history`: names the history that clients' cursors belong to. `generation`: binds the database file to its write-ahead
 *  log (`generation.ts`). */
export const HISTORY = `
INSERT INTO meta VALUES ('history', (${NEW_HISTORY})), ('generation', lower(hex(randomblob(16))));
`;
