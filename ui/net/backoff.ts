const BASE_MS = 500;
/** After a long outage too a connection is back soon: an attempt costs the server next to nothing. */
const CAP_MS = 15_000;

/** Milliseconds to wait before attempt `attempt` (0 is the first retry): exponential with full jitter, so that
 *  a thousand clients of a restarted server do not come back in one instant. `random` gives [0, 1). */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.floor(random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16)));
