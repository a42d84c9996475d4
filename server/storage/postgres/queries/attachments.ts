import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import type { Queries } from '../../reads.ts';
import { statement } from '../sql.ts';
import type { PostgresQueryDeps } from './query-deps.ts';

type AttachmentQueries = Pick<Queries, 'attachment' | 'uploaded' | 'usedFiles'>;

/** What is shown of a row of `attachments`. */
export type AttachmentTuple = readonly [id: string, name: string, type: string, size: number, sha256: Buffer];
export const attachmentColumns = (attachment: string): string =>
  ['id', 'name', 'type', 'size', 'sha256'].map((column) => `${attachment}.${column}`).join(', ');

export const toAttachment = ([id, name, type, size, sha256]: readonly [
  ...AttachmentTuple,
  ...unknown[],
]): StoredAttachment => ({ id, name, type, size, sha256: sha256.toString('hex') });

const BY_ID = statement<AttachmentTuple>(
  'attachment',
  `SELECT ${attachmentColumns('a')} FROM users v, attachments a LEFT JOIN conversations c ON c.row = a.conversation
   WHERE v.id = $1 AND a.id = $2 AND CASE
     WHEN a.conversation IS NULL THEN a.uploader = v.row
     WHEN c.low = v.row THEN a.seq > greatest(c.low_cleared, c.low_removed + c.high_removed)
     WHEN c.high = v.row THEN a.seq > greatest(c.high_cleared, c.low_removed + c.high_removed)
     ELSE false END`,
);

const UNSENT = statement<[number]>(
  'unsent_attachments',
  'SELECT count(*) FROM attachments WHERE uploader = (SELECT row FROM users WHERE id = $1) AND conversation IS NULL',
);
const UPLOADED = statement<AttachmentTuple>(
  'uploaded_attachment',
  `SELECT ${attachmentColumns('a')} FROM attachments a JOIN users u ON u.row = a.uploader
   WHERE a.id = $2 AND u.id = $1`,
);

/** Attachments. There are no files: their bytes are rows, which go with them. */
export const attachmentQueries = ({ database }: PostgresQueryDeps): AttachmentQueries => ({
  async attachment(viewerId, attachmentId) {
    const [found] = await database.query(BY_ID, [viewerId, attachmentId]);
    return found === undefined ? null : toAttachment(found);
  },
  async uploaded(userId, attachmentId) {
    const [[unsent] = [0]] = await database.query(UNSENT, [userId]);
    const [found] = await database.query(UPLOADED, [userId, attachmentId]);
    return { unsent, attachment: found === undefined ? null : toAttachment(found) };
  },
  usedFiles: () => Promise.resolve([]),
});
