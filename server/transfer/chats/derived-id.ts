import { createHash } from 'node:crypto';

/** A UUID that follows from what something is, the same each time (version 8 of RFC 9562), so that a file that is imported again is
 *  recognised. */
export const derivedId = (identity: readonly (string | number)[]): string => {
  const bytes = createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
