import type { Audit, AuditDetail } from '../../writes.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';

/** What an operator did, and to whom or what. */
interface Recorded {
  /** The command's name: `user.disable`. */
  readonly action: string;
  /** The row of the user it was done to. */
  readonly subject?: number | null;
  /** What it was done to, if that is no user. */
  readonly target?: string | null;
  readonly detail?: AuditDetail | null;
}

const INSERT = statement(
  'insert_audit_record',
  `INSERT INTO audit_records (at, actor, origin, action, subject, target, detail)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const FIND_USER = statement<[row: number]>('user_row', 'SELECT row FROM users WHERE id = $1');

/** Adds an audit record in the transaction of what it records. Without `audit` no operator is at work, and it records nothing.
 *  Users are named by row only, so that a record does not keep the name of a deleted user [P7]. */
export const recordAction = async (
  sql: Sql,
  audit: Audit | null,
  { action, subject = null, target = null, detail = null }: Recorded,
  now: number,
): Promise<void> => {
  if (audit === null) return;
  const json = detail === null ? null : JSON.stringify(detail);
  await sql.run(INSERT, [now, audit.actor, audit.origin, action, subject, target, json]);
};

export const recordAudit: AccountWrite<'recordAudit'> = async (
  sql,
  { audit, action, subjectId, target, detail },
  now,
) => {
  const [found] = subjectId === null ? [] : await sql.query(FIND_USER, [subjectId]);
  await recordAction(sql, audit, { action, subject: found?.[0] ?? null, target, detail }, now);
  return done({ kind: 'recorded' });
};
