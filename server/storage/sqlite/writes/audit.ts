import type { Audit, AuditDetail } from '../../writes.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import type { MakeWrite } from './context.ts';

interface Entry {
  /** The command's name: `user.disable`. */
  readonly action: string;
  /** The row of the user it was done to. */
  readonly subject?: number | null;
  /** What it was done to, if that is no user. */
  readonly target?: string | null;
  readonly detail?: AuditDetail | null;
}

type RecordAudit = (tx: Tx, audit: Audit | null, entry: Entry, now: number) => void;

/** Adds an audit record in the transaction of what it records. Without `audit` no operator is at work, and it records nothing.
 *  Users are named by row only, so that a record does not keep the name of a deleted user [P7]. */
export const auditRecorder = (db: WriteStatements): RecordAudit => {
  const insert = db.write<[number, string, string, string, number | null, string | null, string | null]>(
    `INSERT INTO audit_records (at, actor, origin, action, subject, target, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return (tx, audit, { action, subject = null, target = null, detail = null }, now) => {
    if (audit === null) return;
    const json = detail === null ? null : JSON.stringify(detail);
    tx.run(insert, now, audit.actor, audit.origin, action, subject, target, json);
  };
};

export const recordAudit: MakeWrite<'recordAudit'> = ({ db, users }) => {
  const record = auditRecorder(db);
  return (tx, { audit, action, subjectId, target, detail }, now) => {
    const subject = subjectId === null ? null : (users.find(tx, subjectId)?.row ?? null);
    record(tx, audit, { action, subject, target, detail }, now);
    return { kind: 'recorded' };
  };
};
