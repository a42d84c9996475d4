import { tokens } from '../../services/tokens.ts';
import type { OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import type { ClientFrameOf } from './frame.ts';

const VERIFY_TIMEOUT_MS = 5_000;

/** Renews the access token of an open connection. A token of another session is refused. */
export const onAuth = (
  { id, payload }: ClientFrameOf<'auth'>,
  { arrivedAt }: OpenConnection,
  context: ConnectionContext,
): void => {
  context.pipe(
    tokens,
    { type: 'verify', token: payload.token },
    VERIFY_TIMEOUT_MS,
    (identity) => ({ type: 'renewed', ref: id, identity, arrivedAt }),
    () => ({ type: 'renewed', ref: id, identity: null, arrivedAt }),
  );
};
