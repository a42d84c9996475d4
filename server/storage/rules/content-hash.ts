import { createHash } from 'node:crypto';

/** Half of a SHA-256: enough to tell a repeat from another message under its id. */
const HASH_BYTES = 16;

/** What is kept of the text of a message that retention has removed: whether a text is the same one can be told, and the text cannot be
 *  read from it. The id goes in, so that equal texts have different hashes. */
export const contentHash = (id: string, content: string): Buffer =>
  createHash('sha256').update(id).update('\0').update(content).digest().subarray(0, HASH_BYTES);
