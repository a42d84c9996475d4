import { duration } from '../config/fields.ts';
import { UsageError } from './exit-codes.ts';

const YEAR_MS = 366 * 86_400_000;
const parser = duration(1_000, 10 * YEAR_MS, 'up to ten years');

/** A time such as `12h` or `7d`, in milliseconds. @throws UsageError */
export const durationOf = (text: string): number => {
  const parsed = parser.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${text} ${parsed.error.issues[0]?.message ?? 'is no time'}`);
};
