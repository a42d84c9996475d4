import { bulk } from '../bulk.ts';
import type { BatchAttachments } from './batch-attachments.ts';

export const bindAttachments = bulk<BatchAttachments['bound'][number]>(
  'bind_attachments',
  [
    ['uuid', ({ id }) => id],
    ['bigint', ({ conversation }) => conversation],
    ['integer', ({ seq }) => seq],
    ['integer', ({ position }) => position],
  ],
  (rows) =>
    `UPDATE attachments a SET conversation = t.conversation, seq = t.seq, position = t.position
     FROM ${rows} AS t (id, conversation, seq, position) WHERE a.id = t.id`,
);
export const releaseAttachments = bulk<BatchAttachments['released'][number]>(
  'release_attachments',
  [
    ['bigint', ({ conversation }) => conversation],
    ['integer', ({ seq }) => seq],
  ],
  (rows) =>
    `INSERT INTO pending_attachments (conversation) SELECT t.conversation FROM ${rows} AS t (conversation, seq)
     WHERE EXISTS (SELECT FROM attachments a WHERE a.conversation = t.conversation AND a.seq <= t.seq)`,
);
