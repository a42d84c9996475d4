import { advancePosition } from '../../rules/advance-position.ts';
import { appendMessage } from '../../rules/append-message.ts';
import { hideConversation, openConversation } from '../../rules/conversation.ts';
import { changeSettings } from '../../rules/conversation-settings.ts';
import { setBlock } from '../../rules/set-block.ts';
import { setReaction } from '../../rules/set-reaction.ts';
import type { WriteResult } from '../../outcome.ts';
import type { WriteMessage, WriteName } from '../../writes.ts';
import type { Tx } from '../transactions.ts';
import { setUserDisabled, setUserRole } from './administration.ts';
import { addAttachment, takeRemovedFiles } from './attachments.ts';
import { recordAudit } from './audit.ts';
import { closeConnections, openConnection, settlePresence, showConnection } from './connections.ts';
import { recordsOf, type MakeWrite, type StatementContext } from './context.ts';
import { continueSteps } from './continue-steps.ts';
import { deleteUser } from './delete-user.ts';
import { offerFirstAdmin } from './first-admin.ts';
import { heartbeat, settleAbandoned } from './hosts.ts';
import { createInvite, revokeInvite } from './invites.ts';
import { enterLogin } from './login-slots.ts';
import { settleLogin, unlockLogins } from './logins.ts';
import { createPasswordReset, usePasswordReset } from './password-resets.ts';
import { changeProfile, setAvatar } from './profiles.ts';
import { subscribePush, unsubscribePush } from './push.ts';
import { registerUser } from './register-user.ts';
import { endRetention, removeMessages, startRetention } from './retention.ts';
import { changePassword, endSession, openSession, rotateRefresh } from './sessions.ts';
import { probe, prune } from './maintenance.ts';

/** The table of writes: the compiler names the one that was forgotten. */
const WRITES: { readonly [W in WriteName]: MakeWrite<W> } = {
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
  appendMessage: (context) => appendMessage(context.records),
  setReaction: (context) => setReaction(context.records),
  advancePosition: (context) => advancePosition(context.records),
  openConversation: (context) => openConversation(context.records),
  hideConversation: (context) => hideConversation(context.records),
  changeSettings: (context) => changeSettings(context.records),
  setBlock: (context) => setBlock(context.records),
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

export type ApplyWrite = (tx: Tx, write: WriteMessage, now: number) => WriteResult;

/** Prepares all writes on a connection. */
export const prepareWrites = (statements: StatementContext): ApplyWrite => {
  const context = { ...statements, records: recordsOf(statements) };
  const prepared = new Map<WriteName, (tx: Tx, input: never, now: number) => WriteResult>(
    (Object.keys(WRITES) as WriteName[]).map((name) => [name, WRITES[name](context)]),
  );
  return (tx, write, now) => {
    const apply = prepared.get(write.type);
    if (apply === undefined) throw new Error(`no write ${write.type}`);
    // Table and union are made from the same map, so the input fits the function found under its type.
    return apply(tx, write.input as never, now);
  };
};
