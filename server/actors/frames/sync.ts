import type { OpenSession, SessionContext } from '../session-deps.ts';
import type { Frame } from './frame.ts';

/** Replays what came after a cursor, then says `sync`. [P4] */
export const onSync = ({ payload }: Frame<'sync'>, session: OpenSession, context: SessionContext): void => {
  session.sync(payload.cursor, context);
};
