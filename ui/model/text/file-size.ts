const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A number of bytes in words: "812 bytes", "12 kB", "1.2 MB". `language`: a BCP 47 tag. */
export const fileSize = (bytes: number, language: string): string => {
  let [value, at] = [bytes, 0];
  // 999.6 kB would be shown as 1,000.
  while (at < UNITS.length - 1 && Math.round(value) >= 1000) [value, at] = [value / 1000, at + 1];
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[at] ?? 'gigabyte',
    unitDisplay: at === 0 ? 'long' : 'short',
    maximumFractionDigits: at > 1 && value < 10 ? 1 : 0,
  }).format(value);
};
