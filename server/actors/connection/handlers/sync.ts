import type { OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import type { ClientFrameOf } from './frame.ts';

/** Replays what came after a cursor, then says `sync`. [P4] */
export const onSync = (
  { payload }: ClientFrameOf<'sync'>,
  connection: OpenConnection,
  context: ConnectionContext,
): Promise<void> => connection.sync(payload.cursor, context);
