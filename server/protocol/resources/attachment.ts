import * as z from 'zod/mini';
import { count, uuid } from '../fields.ts';
import { ATTACHMENTS_PER_MESSAGE } from '../limits.ts';

/** A SHA-256 in lower-case hex. */
export const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'));

/** A file that a message carries. Its bytes are read at `GET /attachments/:id`. `size`: in bytes. `sha256`: of the bytes, in lower-case hex. */
export const attachment = z.strictObject({
  id: uuid,
  name: z.string(),
  type: z.string(),
  size: count,
  sha256,
});
export type AttachmentResource = z.infer<typeof attachment>;

/** What this server takes. */
export const attachmentLimits = z.strictObject({ max_bytes: count, per_message: count });

/** The ids that a message names; none is the same as no list [G3]. */
export const attachmentIds = z.array(uuid).check(z.maxLength(ATTACHMENTS_PER_MESSAGE), (ctx) => {
  if (new Set(ctx.value).size < ctx.value.length)
    ctx.issues.push({ code: 'custom', input: ctx.value, message: 'must name each attachment once' });
});
