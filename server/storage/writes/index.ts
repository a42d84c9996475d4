import type { WriteMessage, WriteName, Writes } from '../store.ts';
import { advanceMark } from './advance-mark.ts';
import { appendMessage } from './append-message.ts';
import type { MakeWrite, WriteContext } from './context.ts';
import { hideConversation, openConversation } from './conversation.ts';
import { continueDeletions, deleteUser } from './delete-user.ts';
import { clearLoginFailures, createInvite, recordLoginFailure } from './logins.ts';
import { setPresence } from './presence.ts';
import { registerUser } from './register-user.ts';
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
  continueDeletions,
  recordLoginFailure,
  clearLoginFailures,
  createInvite,
  appendMessage,
  advanceMark,
  openConversation,
  hideConversation,
  setPresence,
  prune,
  probe,
};

export type WriteResult = Writes[WriteName]['out'];
export type ApplyWrite = (write: WriteMessage, now: number) => WriteResult;

/** Prepares all writes on a connection. */
export const prepareWrites = (context: WriteContext): ApplyWrite => {
  const prepared = new Map<WriteName, (input: never, now: number) => WriteResult>(
    (Object.keys(WRITES) as WriteName[]).map((name) => [name, WRITES[name](context)]),
  );
  return (write, now) => {
    const apply = prepared.get(write.type);
    if (apply === undefined) throw new Error(`no write ${write.type}`);
    // Table and union are made from the same map, so the input fits the function found under its type.
    return apply(write.input as never, now);
  };
};
