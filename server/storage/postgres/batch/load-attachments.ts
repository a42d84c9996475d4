import { attachmentColumns, toAttachment, type AttachmentTuple } from '../queries/attachments.ts';
import { statement, type Sql } from '../sql.ts';
import type { UnsentAttachment } from './batch-attachments.ts';
import type { BatchedWrite } from './batched-write.ts';

/** Only an uploader's own batches lock an attachment here, and they hold the head of the uploader, so that none of them meets another one.
 *  What is locked nevertheless is just being removed. */
const UNSENT = statement<readonly [...AttachmentTuple, uploader: number]>(
  'batch_attachments',
  `SELECT ${attachmentColumns('a')}, a.uploader FROM unnest($1::uuid[], $2::bigint[]) AS t (id, uploader)
   JOIN attachments a ON a.id = t.id AND a.uploader = t.uploader
   WHERE a.conversation IS NULL FOR UPDATE OF a SKIP LOCKED`,
);
const NONE: readonly UnsentAttachment[] = [];

/** The attachments that the messages of a batch name, as far as their senders have uploaded and not sent them. Locked until the transaction
 *  ends. */
export const loadAttachments = async (
  sql: Sql,
  batch: readonly BatchedWrite[],
  rows: ReadonlyMap<string, number>,
): Promise<readonly UnsentAttachment[]> => {
  const named = batch.flatMap((write) => {
    if (write.type !== 'appendMessage' || write.input.attachments === undefined) return [];
    const uploader = rows.get(write.input.senderId);
    return uploader === undefined ? [] : write.input.attachments.map((id) => [id, uploader] as const);
  });
  if (named.length === 0) return NONE;
  const found = await sql.query(UNSENT, [named.map(([id]) => id), named.map(([, uploader]) => uploader)]);
  return found.map((columns) => ({ attachment: toAttachment(columns), uploader: columns[5] }));
};
