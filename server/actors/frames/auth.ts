import { tokens, type OpenSession, type SessionContext } from '../session-deps.ts';
import type { Frame } from './frame.ts';

const VERIFY_TIMEOUT_MS = 5_000;

/** Renews the access token of an open connection. A token of another session is refused. */
export const onAuth = (
  { id, payload }: Frame<'auth'>,
  _session: OpenSession,
  context: SessionContext,
): void => {
  context.pipe(
    tokens,
    { type: 'verify', token: payload.token },
    VERIFY_TIMEOUT_MS,
    (identity) => ({ type: 'renewed', ref: id, identity }),
    () => ({ type: 'renewed', ref: id, identity: null }),
  );
};
