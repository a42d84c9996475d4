import type { Clock } from '../../runtime/clock.ts';
import { connectToPrimary } from './connect.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { DatabaseError } from './database-error.ts';
import { statement } from './sql.ts';

/** A transaction with a NOTIFY is committed like one that writes. A notification need not outlive a crash, so its commit waits neither
 *  for the disk nor for a standby, which may be away for long. */
const SET_UP = statement('', `SELECT set_config('synchronous_commit', 'off', false)`);

/** Makes connections to the primary for LISTEN and NOTIFY, in the form that the notifier takes. */
export const notificationConnections = (options: ConnectionOptions, clock: Clock) => async () => {
  const { connection } = await connectToPrimary(options, 'notify', clock);
  await connection.send(SET_UP);
  return {
    send: (text: string, values: readonly unknown[] = []) => connection.send(statement('', text), values),
    set onNotification(onNotification: (payload: string) => void) {
      connection.onNotification = onNotification;
    },
    set onLost(onLost: (reason: Error) => void) {
      connection.onLost = onLost;
    },
    drop: () => {
      connection.drop(new DatabaseError('unavailable', '', 'the connection was closed'));
    },
  };
};
