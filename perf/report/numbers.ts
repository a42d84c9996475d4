/** Numbers as a reader wants them: three figures, thousands apart, nothing made up after the point. */
export const shown = (value: number | string): string => {
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 10 ? 1 : 2);
};
