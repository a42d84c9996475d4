/** The timetable of an open loop: message m is due m / rate after the start, whatever became of the ones before. */

/** Microseconds after the start at which message `m` is due. */
export const dueAt = (m: number, perSecond: number): number => (m * 1e6) / perSecond;

/** How many messages are due `elapsedUs` after the start. */
export const dueBy = (elapsedUs: number, perSecond: number): number =>
  elapsedUs < 0 ? 0 : Math.floor((elapsedUs * perSecond) / 1e6) + 1;
