import type { WriteOutcome, WriteResult } from '../../outcome.ts';
import type { WriteName } from '../../writes.ts';
import { causeOf, failsAllWrites } from '../database-error.ts';
import { failedOutcome } from '../failed-outcome.ts';
import type { Database, Sql } from '../sql.ts';
import type { AccountWrite, AccountWriteMessage, Done } from './account-write.ts';
import { setUserDisabled, setUserRole } from './administration.ts';
import { addAttachment, takeRemovedFiles } from './attachments.ts';
import { recordAudit } from './audit.ts';
import { applySharedWrites, isSharedWrite, type SharedWrite } from './connections.ts';
import { continueSteps } from './continue-steps.ts';
import { deleteUser } from './delete-user.ts';
import { offerFirstAdmin } from './first-admin.ts';
import { heartbeat, settleAbandoned } from './hosts.ts';
import { createInvite, revokeInvite } from './invites.ts';
import { settleLogin, unlockLogins } from './login-failures.ts';
import { enterLogin } from './login-slots.ts';
import { probe, prune } from './maintenance.ts';
import { createPasswordReset, usePasswordReset } from './password-resets.ts';
import { endRetention, removeMessages, startRetention } from './retention.ts';
import { changeProfile, setAvatar } from './profiles.ts';
import { subscribePush, unsubscribePush } from './push.ts';
import { rotateRefresh } from './refresh-tokens.ts';
import { RefusedWrite } from './refused-write.ts';
import { registerUser } from './register-user.ts';
import { changePassword, endSession, openSession } from './sessions.ts';
import { storable } from './storable.ts';

type SingleWriteMessage = Exclude<AccountWriteMessage, SharedWrite>;

/** The table of these writes: the compiler names the one that was forgotten. */
const ACCOUNT_WRITES: { readonly [W in SingleWriteMessage['type']]: AccountWrite<W> } = {
  registerUser,
  openSession,
  rotateRefresh,
  endSession,
  changePassword,
  deleteUser,
  changeProfile,
  setAvatar,
  subscribePush,
  unsubscribePush,
  addAttachment,
  takeRemovedFiles,
  continueSteps,
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
  try {
    if (isSharedWrite(write)) return onlyOne(await transact(database, [write], now));
    return committed(await database.transaction((sql) => applySingle(sql, write, now)));
  } catch (error) {
    if (error instanceof RefusedWrite) return { ok: true, result: error.result, events: [] };
    onFault?.(causeOf(error));
    return failedOutcome(error);
  }
};

/** Applies writes about connections, each of another user, in one transaction, at `now`. Null for one that has to be applied alone: its
 *  user is locked by somebody else, or it is perhaps what cannot be stored. `onFault` as above. Never rejects. */
export const applyTogether = async (
  database: Pick<Database, 'transaction'>,
  writes: readonly SharedWrite[],
  now: number,
  onFault?: (cause: string) => void,
): Promise<readonly (WriteOutcome | null)[]> => {
  try {
    return await transact(database, writes, now);
  } catch (error) {
    onFault?.(causeOf(error));
    const ofAll = failsAllWrites(error) ? failedOutcome(error) : null;
    return writes.map(() => ofAll);
  }
};

const applySingle = (sql: Sql, write: SingleWriteMessage, now: number): Promise<Done<WriteName>> => {
  // Table and union are made from the same map, so the input fits the write found under its type.
  const apply = ACCOUNT_WRITES[write.type] as (
    sql: Sql,
    input: unknown,
    now: number,
  ) => Promise<Done<WriteName>>;
  return apply(sql, storable<unknown>(write.input), now);
};

const onlyOne = ([outcome]: readonly (WriteOutcome | null)[]): WriteOutcome => {
  if (outcome === undefined || outcome === null) throw new Error('a write without an outcome');
  return outcome;
};

const transact = async (
  database: Pick<Database, 'transaction'>,
  writes: readonly SharedWrite[],
  now: number,
): Promise<readonly (WriteOutcome | null)[]> => {
  const stored = writes.map((write) => ({ ...write, input: storable(write.input) }) as SharedWrite);
  const work = (sql: Sql) => applySharedWrites(sql, stored, now);
  const done = await database.transaction(work, { waitsOnce: writes.length > 1 });
  return done.map((each) => each && committed(each));
};

const committed = ({
  result,
  events,
}: { result: WriteResult } & Pick<Done<WriteName>, 'events'>): WriteOutcome => ({
  ok: true,
  result,
  events,
});
