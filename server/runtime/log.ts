import { pino } from 'pino';

/** One JSON line per event on stdout. Synchronous in every thread: a worker's last line must come out. Ids only: no message
 *  text, token, password or name. */
export type Log = pino.Logger;

export const openLog = (level: string, thread: string): Log =>
  pino(
    { level, base: { on: thread }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'msg' },
    pino.destination({ fd: 1, sync: true }),
  );
