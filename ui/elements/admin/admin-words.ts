import { browserClock } from '../../net/clock.ts';
import { fullTime } from '../../model/text/dates.ts';
import type { ProblemCode } from '../../net/problem.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { language } from '../../strings/locale.ts';
import { momentWords, problemWords } from '../shared/words.ts';

/** Problems, times and amounts of the admin page in words. */

export const adminProblem = (code: ProblemCode): string => {
  const sentences: Partial<Record<ProblemCode, string>> = adminStrings().problem;
  return sentences[code] ?? problemWords(code);
};

export const whenWords = (at: string): string => momentWords(at, browserClock.now());
export const timeWords = (at: string): string => fullTime(at, language());

export const numberWords = (value: number): string => value.toLocaleString(language());

/** With one decimal. */
export const roundedWords = (value: number): string => numberWords(Math.round(value * 10) / 10);

export const percentWords = (share: number): string =>
  new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(
    share,
  );

/** Three digits at least, so that small times can be told apart. */
export const millisecondWords = (ms: number): string => {
  const maximumFractionDigits = ms < 10 ? 2 : ms < 100 ? 1 : 0;
  return `${ms.toLocaleString(language(), { maximumFractionDigits })}\u00a0ms`;
};

export const microsecondWords = (us: number): string =>
  us < 1000 ? `${numberWords(us)}\u00a0µs` : millisecondWords(us / 1000);

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
export const bytesWords = (bytes: number): string => {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const style = { style: 'unit', unit: UNITS[step] ?? 'byte', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language(), style).format(bytes / 1000 ** step);
};

/** In the largest unit that it fills: "3 days", "2 hours". */
export const durationWords = (ms: number): string => {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  const [size, unit] = units.find(([each]) => ms >= each) ?? units[3];
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(language(), style).format(Math.floor(ms / size));
};
