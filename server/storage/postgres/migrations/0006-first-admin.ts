/** The link with which the first admin of an empty database registers: the hash of its code, and when it ends. */
export const FIRST_ADMIN = `
ALTER TABLE meta ADD COLUMN first_admin_link bytea, ADD COLUMN first_admin_until bigint;
`;
