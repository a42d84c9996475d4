/** A stretch of a message: plain text, or an address that may be opened. */
export interface Piece {
  readonly text: string;
  readonly href: string | null;
}

const CANDIDATE =
  /\bhttps?:\/\/[^\s<>"'`\u00ab\u00bb\u201c-\u201f\u2039\u203a\u3000-\u303f\uff00-\uffef]+/giu;
const TRAILING = /[.,;:!?\u2026*_~]$/u;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/** Punctuation at the end belongs to the sentence; a closing bracket only if none was opened in the address. */
const withoutTail = (candidate: string): string => {
  let address = candidate;
  for (;;) {
    const end = address.at(-1) ?? '';
    const opening = PAIRS[end];
    const stray = opening !== undefined && occurrences(address, end) > occurrences(address, opening);
    if (!stray && !TRAILING.test(address)) return address;
    address = address.slice(0, -1);
  }
};

/** Only `http` and `https`, only with a host, and never one that carries a name or password in front of it:
 *  `https://bank.example@evil.example` looks like what it is not. */
const hrefOf = (address: string): string | null => {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return url.hostname === '' || url.username !== '' || url.password !== '' ? null : url.href;
};

/** A text in pieces that, put together, are the text again. */
export const pieces = (text: string): readonly Piece[] => {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const address = withoutTail(match[0]);
    const href = hrefOf(address);
    if (href === null) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
};
