const SPACE = '[ \\u00a0\\u202f]';
const GAP = '[ \\u00a0\\u202f./\\u2011-]';
/** Further groups of digits. A single digit counts only after a hyphen, as an extension; after a space it is another
 *  number. */
const more = (gap: string): string => `(?:${gap}\\d{2,12}|-\\d)`;

/** What looks like a telephone number:
 *  `+49 30 1234567`, `+1 (555) 234-5678`, `0049 …`; `(030) 123456`, `030/123456`, `0171 1234567`; `01 23 45 67 89`;
 *  `(555) 234-5678`, `555-234-5678`. Bounded, so that no text makes it slow. */
export const TELEPHONE = `(?:${[
  `(?:\\+|00(?=[1-9]\\d{0,2}${GAP}))[1-9]\\d{0,15}(?:${GAP}?\\(\\d{1,5}\\)${GAP}?\\d{2,12})?(?:${GAP}\\d(?=${GAP}))?${more(GAP)}{0,7}`,
  `0[1-9](?:${SPACE}\\d\\d){4}`,
  `(?:\\(0[1-9]\\d{1,3}\\)${SPACE}?|0[1-9]\\d{1,3}(?: \\/ |[ \\u00a0/-]))\\d{2,12}${more('[ \\u00a0\\u202f-]')}{0,4}`,
  `(?:\\([2-9]\\d\\d\\)${SPACE}?|[2-9]\\d\\d-)\\d{3}-\\d{4}`,
].join('|')})`;

const INTERNATIONAL = /^(?:1[2-9]\d{9}|[2-9]\d{7,14})$/;
const NATIONAL = /^(?:0\d{8,11}|[2-9]\d{9})$/;
/** What follows shows that this is an amount, a time, a version, or part of a longer number. */
const GOES_ON = /^(?:[\p{L}\p{N}_@]|[.,:/-]\d|\s?(?:\p{Sc}|%|EUR\b|USD\b|CHF\b|GBP\b|Euro\b))/u;
/** What precedes shows that this is part of a longer number, an amount, a bank account, or a number of something
 *  else. */
const BEFORE = [
  /(?:\p{Sc}|\d[.,:/-]?)\s?$/u,
  /\b[A-Z]{2}\d\d[A-Z\d ]*$/,
  /(?:order|invoice|ticket|tracking|serial|bestell|rechnung|auftrag|kunden|sendung|artikel|steuer|iban|isbn)[^\d\n]{0,14}$/iu,
];

/** Returns the link for what `TELEPHONE` matched, judged by the surrounding text. Returns null if it may as well be a
 *  date, a price, an account or an order number. */
export const telephoneHref = (found: string, before: string, after: string): string | null => {
  const digits = found.replace(/\(0\)|\D/g, '');
  if (GOES_ON.test(after)) return null;
  if (found.startsWith('+')) {
    const decimal = /^\+\d+\.\d+$/.test(found);
    return !decimal && INTERNATIONAL.test(digits) ? `tel:+${digits}` : null;
  }
  if (BEFORE.some((other) => other.test(before))) return null;
  if (digits.startsWith('00')) return INTERNATIONAL.test(digits.slice(2)) ? `tel:+${digits.slice(2)}` : null;
  return NATIONAL.test(digits) ? `tel:${digits}` : null;
};
