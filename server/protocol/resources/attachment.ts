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

/** What this server takes. `resumable`: uploads with a key stay when they are broken off [G9]; always true. */
export const attachmentLimits = z.strictObject({
  max_bytes: count,
  per_message: count,
  resumable: z.boolean(),
});

/** What a user calls an upload, so that it can be continued [G9]. */
export const uploadKey = uuid;
export const uploadParams = z.strictObject({ key: uploadKey });

/** What is there of an upload [G9]. `size`: of the whole file. `attachment`: once it is complete, and only then. */
export const uploadState = z.strictObject({
  received: count,
  size: count,
  attachment: z.optional(attachment),
});
export type UploadState = z.infer<typeof uploadState>;

/** The ids that a message names; none is the same as no list [G3]. */
export const attachmentIds = z.array(uuid).check(z.maxLength(ATTACHMENTS_PER_MESSAGE), (ctx) => {
  if (new Set(ctx.value).size < ctx.value.length)
    ctx.issues.push({ code: 'custom', input: ctx.value, message: 'must name each attachment once' });
});
