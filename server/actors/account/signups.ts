const HOUR_MS = 3_600_000;

/** Whether an address has used up its registrations of this hour [A3]. `perHour` 0: no limit. Pure. */
export const signupsLimited = (
  stored: { readonly count: number; readonly firstAt: number } | null,
  perHour: number,
  now: number,
): { readonly kind: 'limited'; readonly retryAfterS: number } | null => {
  if (stored === null || perHour === 0) return null;
  // Not in the future: the clock was set back meanwhile.
  const leftMs = Math.min(stored.firstAt, now) + HOUR_MS - now;
  if (leftMs <= 0 || stored.count < perHour) return null;
  return { kind: 'limited', retryAfterS: Math.max(1, Math.ceil(leftMs / 1000)) };
};
