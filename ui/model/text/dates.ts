/** Days are those of the user's own time zone. Formatters are cached per language and time zone. */
const cache = new Map<string, Intl.DateTimeFormat>();
const zoneNow = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
let zone = zoneNow();

/** Checks whether the device has changed its time zone, because no event says so. Returns true if it has; all times
 *  must then be formatted again. */
export const followZone = (): boolean => {
  const now = zoneNow();
  if (now === zone) return false;
  zone = now;
  cache.clear();
  return true;
};

const formatter = (
  language: string,
  name: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat => {
  const key = `${language} ${name}`;
  let made = cache.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(language, options);
    cache.set(key, made);
  }
  return made;
};

export const clockTime = (at: string, language: string): string =>
  formatter(language, 'time', { timeStyle: 'short' }).format(new Date(at));

export const fullTime = (at: string, language: string): string =>
  formatter(language, 'full', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));

/** Equal for two moments on one day. */
export const dayKey = (at: string | number): string => {
  const date = new Date(at);
  return `${String(date.getFullYear())}-${String(date.getMonth())}-${String(date.getDate())}`;
};

/** Calendar days from `at` to `now`: 0 today, 1 yesterday. */
export const daysAgo = (at: string, now: number): number => {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(Date.parse(at))) / 86_400_000);
};

export const relativeDay = (days: number, language: string): string =>
  new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day');

const capitalised = (text: string, language: string): string =>
  text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

/** "Today", "Yesterday", "Monday", "Monday, 3 March"; with the year if it is not the current one. */
export const dayName = (at: string, now: number, language: string): string => {
  const days = daysAgo(at, now);
  if (days === 0 || days === 1) return capitalised(relativeDay(days, language), language);
  const date = new Date(at);
  if (days > 1 && days < 7)
    return capitalised(formatter(language, 'weekday', { weekday: 'long' }).format(date), language);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? formatter(language, 'day', { weekday: 'long', day: 'numeric', month: 'long' }).format(date)
    : fullDay(at, language);
};

/** "12 March 2026": a day that is not tied to today. */
export const fullDay = (at: string, language: string): string =>
  formatter(language, 'dayYear', { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(at));

/** The short form for the list: a time today, a weekday this week, otherwise a date. */
export const shortTime = (at: string, now: number, language: string): string => {
  const days = daysAgo(at, now);
  if (days <= 0) return clockTime(at, language);
  if (days === 1) return capitalised(relativeDay(1, language), language);
  const date = new Date(at);
  if (days < 7) return formatter(language, 'shortWeekday', { weekday: 'short' }).format(date);
  return formatter(language, 'short', { dateStyle: 'short' }).format(date);
};
