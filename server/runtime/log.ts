import { pino } from 'pino';

/** Of lines that can't be written now, as on a full disk. */
const WAITING_MAX_BYTES = 1024 * 1024;

/** One JSON line per event on stdout. Synchronous in every thread: a worker's last line must come out. Ids only: no message
 *  text, token, password or name. */
export type Log = pino.Logger;

export const openLog = (level: string, thread: string): Log => {
  const out = pino.destination({ fd: 1, sync: true, maxLength: WAITING_MAX_BYTES });
  // Nowhere to say so. What can't be written waits for the next line, and past the limit is dropped. [P8] [P9]
  out.on('error', () => undefined);
  return pino(
    { level, base: { on: thread }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'msg' },
    out,
  );
};
