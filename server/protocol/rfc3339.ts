let lastMs = NaN;
let lastText = '';

/** RFC 3339 in UTC with milliseconds: the form of every time on the wire. Everything that a transaction stores has the same
 *  time, so the last text is cached. */
export const rfc3339 = (ms: number): string => {
  if (ms !== lastMs) [lastMs, lastText] = [ms, new Date(ms).toISOString()];
  return lastText;
};
