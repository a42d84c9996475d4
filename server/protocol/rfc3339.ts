let lastMs = NaN;
let lastText = '';

/** RFC 3339 in UTC with milliseconds: the form of every time on the wire. Everything that a transaction stores has the same
 *  time, so the last text is cached. */
export const rfc3339 = (ms: number): string => {
  if (ms !== lastMs) [lastMs, lastText] = [ms, new Date(ms).toISOString()];
  return lastText;
};

/** To the second, for names of files on every system: `2026-12-01T03-00-00Z`. */
export const fileTime = (at: number): string => `${rfc3339(at).slice(0, 19).replaceAll(':', '-')}Z`;
