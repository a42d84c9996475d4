import { UNSENT_ATTACHMENTS_MAX } from '../../../protocol/limits.ts';
import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { lockUser } from './locked-users.ts';

const FOUND = statement<[isKnown: boolean, unsent: number]>(
  'attachments_of_uploader',
  `SELECT EXISTS (SELECT FROM attachments WHERE id = $2),
     (SELECT count(*) FROM attachments WHERE uploader = $1 AND conversation IS NULL)`,
);
const INSERT = statement(
  'insert_attachment',
  `INSERT INTO attachments (id, uploader, name, type, size, sha256, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const END_UPLOAD = statement('end_attachment_upload', 'DELETE FROM attachment_uploads WHERE id = $1');

/** Its chunks are stored: from now on they are those of an attachment, and no longer those of an upload that may have been broken off. */
export const addAttachment: AccountWrite<'addAttachment'> = async (
  sql,
  { userId, attachment, isKept = false },
  now,
) => {
  const { id, name, type, size, sha256 } = attachment;
  const user = await lockUser(sql, userId);
  if (user === null) return done({ kind: 'not-found' });
  const [[isKnown, unsent] = [false, 0]] = await sql.query(FOUND, [user.row, id]);
  if (isKnown) return done({ kind: 'added' });
  if (unsent >= UNSENT_ATTACHMENTS_MAX) return done({ kind: 'too-many' });
  // Without it there would be no chunks either: a user who has cancelled it, or the sweep, was faster.
  const isThere = (await sql.run(END_UPLOAD, [id])) > 0;
  if (isKept && !isThere) return done({ kind: 'given-up' });
  await sql.run(INSERT, [id, user.row, name, type, size, Buffer.from(sha256, 'hex'), now]);
  return done({ kind: 'added' });
};

/** There are no files. */
export const takeRemovedFiles: AccountWrite<'takeRemovedFiles'> = () =>
  Promise.resolve(done({ kind: 'taken', sha256s: [] }));
