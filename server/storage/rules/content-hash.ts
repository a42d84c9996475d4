import { createHash } from 'node:crypto';

/** Half of a SHA-256: enough to tell a repeat from another message under its id. */
const HASH_BYTES = 16;

/** What is kept of the content of a message that retention has removed: whether a text is the same one, a reply to the same message
 *  (`replyTo`: its id, null for a message that is no reply) and with the same attachments (their ids, in their order), can be told, and the
 *  text cannot be read from it. The id goes in, so that equal texts have different hashes. */
export const contentHash = (
  id: string,
  content: string,
  replyTo: string | null,
  attachments: readonly string[],
): Buffer => {
  const hash = createHash('sha256').update(id).update('\0').update(content);
  // No text holds NUL, so a text with a reply or attachments is never taken for another text, nor one for the other.
  if (replyTo !== null) hash.update('\0').update(replyTo);
  if (attachments.length > 0) hash.update('\0\0').update(attachments.join());
  return hash.digest().subarray(0, HASH_BYTES);
};
