const BASE_MS = 500;
/** The maximum delay. It is short, so that clients soon reconnect even after a long outage; an attempt costs the
 *  server little. */
const CAP_MS = 15_000;

/** Milliseconds to wait before an attempt; `attempt` 0 is the first retry. Exponential with full jitter, so that a
 *  thousand clients of a restarted server do not come back at the same moment. `random` gives [0, 1). */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.floor(random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16)));
