import { checkContinues, type ContinuedUpload, type KeptUpload } from '../../attachments/kept-upload.ts';
import { cannotStore } from '../../attachments/storing-fault.ts';
import type { Database, Sql } from '../sql.ts';
import { lockUser } from '../writes/locked-users.ts';
import { BEGIN_KEPT_UPLOAD, IS_ATTACHMENT, KEPT_UPLOAD, TAKE_UPLOAD } from './attachment-statements.ts';

/** What is kept of an upload, locked until the transaction ends. */
export const lockKept = async (sql: Sql, id: string): Promise<KeptUpload | null> => {
  const [found] = await sql.query(KEPT_UPLOAD, [id]);
  if (found === undefined) return null;
  const [userId, name, type, size, received] = found;
  return { userId, name, type, size, received };
};

/** Begins an upload that is kept, or takes over one that is there. Returns with what it can be added to. The lock of its user lets it wait for
 *  another host that is just completing it. @throws ParleyError `conflict`, `unavailable` */
export const continueKept = (
  database: Database,
  id: string,
  size: number,
  continued: ContinuedUpload,
): Promise<string> =>
  database.transaction(async (sql) => {
    const user = await lockUser(sql, continued.userId);
    if (user === null) throw cannotStore(new Error('an upload of a user who is gone'));
    const kept = await lockKept(sql, id);
    const [[isComplete] = [false]] = await sql.query(IS_ATTACHMENT, [id]);
    if (isComplete) throw cannotStore(new Error('the upload was completed at another host'));
    checkContinues(kept, continued, size);
    const { name, type } = continued;
    const [taken] =
      kept === null
        ? await sql.query(BEGIN_KEPT_UPLOAD, [id, user.row, name, type, size])
        : await sql.query(TAKE_UPLOAD, [id]);
    if (taken === undefined) throw new Error('an upload was not taken over');
    return taken[0];
  });
