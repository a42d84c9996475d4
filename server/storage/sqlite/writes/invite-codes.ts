import { FIRST_ADMIN_AUDIT } from '../../rules/first-admin.ts';
import type { InviteRule } from '../../writes.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import { auditRecorder } from './audit.ts';
import { firstAdminLink } from './first-admin.ts';

/** What the code of a registration stands for. `ignored`: the server asks for none. */
type FoundCode =
  | { readonly kind: 'invite'; readonly hash: Uint8Array }
  | { readonly kind: 'first-admin' | 'ignored' | 'invalid' };

interface InviteCodes {
  find(tx: Tx, hash: Uint8Array, rule: InviteRule, now: number): FoundCode;
  /** Uses a code up, for the user with this row. */
  use(tx: Tx, code: FoundCode, user: number, now: number): void;
}

/** Invitations, and the link of an empty store [A2] [A11]. */
export const inviteCodes = (db: WriteStatements): InviteCodes => {
  const invite = db
    .read<[Uint8Array, number], number>(
      `SELECT 1 FROM invites WHERE hash = ? AND uses_left > 0 AND revoked_at IS NULL
         AND coalesce(expires_at > ?, 1)`,
    )
    .pluck();
  const useInvite = db.write<[number, Uint8Array]>(
    'UPDATE invites SET uses_left = uses_left - 1, uses = uses + 1, used_at = ? WHERE hash = ?',
  );
  const link = firstAdminLink(db);
  const record = auditRecorder(db);
  return {
    find(tx, hash, rule, now) {
      const state = link.stateOf(tx, hash, now);
      if (state !== 'other') return { kind: state === 'good' ? 'first-admin' : 'invalid' };
      if (rule === 'optional') return { kind: 'ignored' };
      const isInvite = rule === 'required' && tx.get(invite, hash, now) !== undefined;
      return isInvite ? { kind: 'invite', hash } : { kind: 'invalid' };
    },
    use(tx, code, user, now) {
      if (code.kind === 'invite') tx.run(useInvite, now, code.hash);
      if (code.kind !== 'first-admin') return;
      link.use(tx);
      record(tx, FIRST_ADMIN_AUDIT, { action: 'user.promote', subject: user }, now);
    },
  };
};
