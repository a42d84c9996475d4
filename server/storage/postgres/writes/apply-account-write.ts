import type { WriteOutcome, WriteResult } from '../../outcome.ts';
import type { WriteName } from '../../writes.ts';
import { causeOf } from '../database-error.ts';
import { failedOutcome } from '../failed-outcome.ts';
import type { Database, Sql } from '../sql.ts';
import type { AccountWrite, AccountWriteMessage, AccountWriteName, Done } from './account-write.ts';
import { setUserDisabled, setUserRole } from './administration.ts';
import { recordAudit } from './audit.ts';
import { closeConnections, openConnection, settlePresence, showConnection } from './connections.ts';
import { continueDeletions, deleteUser } from './delete-user.ts';
import { offerFirstAdmin } from './first-admin.ts';
import { heartbeat, settleAbandoned } from './hosts.ts';
import { createInvite, revokeInvite } from './invites.ts';
import { settleLogin, unlockLogins } from './login-failures.ts';
import { enterLogin } from './login-slots.ts';
import { probe, prune } from './maintenance.ts';
import { createPasswordReset, usePasswordReset } from './password-resets.ts';
import { endRetention, removeMessages, startRetention } from './retention.ts';
import { rotateRefresh } from './refresh-tokens.ts';
import { RefusedWrite } from './refused-write.ts';
import { registerUser } from './register-user.ts';
import { changePassword, endSession, openSession } from './sessions.ts';
import { storable } from './storable.ts';

/** The table of these writes: the compiler names the one that was forgotten. */
const ACCOUNT_WRITES: { readonly [W in AccountWriteName]: AccountWrite<W> } = {
  registerUser,
  openSession,
  rotateRefresh,
  endSession,
  changePassword,
  deleteUser,
  continueDeletions,
  enterLogin,
  settleLogin,
  unlockLogins,
  createInvite,
  revokeInvite,
  offerFirstAdmin,
  setUserRole,
  setUserDisabled,
  createPasswordReset,
  usePasswordReset,
  recordAudit,
  heartbeat,
  openConnection,
  closeConnections,
  showConnection,
  settlePresence,
  settleAbandoned,
  startRetention,
  removeMessages,
  endRetention,
  prune,
  probe,
};

/** Applies one write in a transaction of its own, at `now`, and says what became of it. `onFault` is told the cause of a failure in
 *  the words of the database. Never rejects. */
export const applyAccountWrite = async (
  database: Pick<Database, 'transaction'>,
  write: AccountWriteMessage,
  now: number,
  onFault?: (cause: string) => void,
): Promise<WriteOutcome> => {
  // Table and union are made from the same map, so the input fits the write found under its type.
  const apply = ACCOUNT_WRITES[write.type] as (
    sql: Sql,
    input: unknown,
    now: number,
  ) => Promise<Done<WriteName>>;
  const input = storable<unknown>(write.input);
  try {
    return committed(await database.transaction((sql) => apply(sql, input, now)));
  } catch (error) {
    if (error instanceof RefusedWrite) return { ok: true, result: error.result, events: [] };
    onFault?.(causeOf(error));
    return failedOutcome(error);
  }
};

const committed = ({
  result,
  events,
}: { result: WriteResult } & Pick<Done<WriteName>, 'events'>): WriteOutcome => ({
  ok: true,
  result,
  events,
});
