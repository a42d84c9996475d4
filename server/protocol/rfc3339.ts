let lastMs = NaN;
let lastText = '';

/** RFC 3339 UTC with milliseconds: every time on the wire (SPEC §4). What one transaction stores shares its time, so the last one
 *  is kept. */
export const rfc3339 = (ms: number): string => {
  if (ms !== lastMs) [lastMs, lastText] = [ms, new Date(ms).toISOString()];
  return lastText;
};
