import { telephoneHref, TELEPHONE } from './telephone.ts';

/** A piece of a message: plain text, or an address that may be opened. */
export interface Piece {
  readonly text: string;
  readonly href: string | null;
}

/** The characters of a web address. Quotes and full-width punctuation are excluded, because they belong to the
 *  sentence. */
const WEB = /[^\s<>"'`\u00ab\u00bb\u201c-\u201f\u2039\u203a\u3000-\u303f\uff00-\uffef]+/u.source;
/** The start of a word that does not continue an address. */
const START = /(?<![\p{L}\p{M}\p{N}_.%+@/=&?#~-])/u.source;
/** Not after a colon either, because `user:password@host` is no mail address. */
const MAIL = `(?:(?<=\\bmailto:)|(?<!:)${START})[\\w.%+-]{1,64}@[\\p{L}\\p{M}\\p{N}.-]{4,255}`;
/** The alternatives are tried in this order. */
const CANDIDATE = new RegExp(
  `(?<web>\\bhttps?:\\/\\/${WEB})|(?<www>${START}www\\.${WEB})|(?<mail>${MAIL})|(?<tel>${START}${TELEPHONE})`,
  'giu',
);
const TRAILING = /[.,;:!?\u2026*_~]$/u;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** A name with a top-level domain: letters of any script, or their registered form (`xn--…`). */
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,62}(?<!-))?\.)+(?:[\p{L}\p{M}]{2,63}|xn--[a-z\d-]{2,59})$/iu;

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/** Removes what belongs to the sentence: punctuation at the end, and a closing bracket that was not opened in the
 *  address. */
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

/** Accepts only `http` and `https`, only with a host, and never with a user name or password.
 *  `https://bank.example@evil.example` looks like an address that it is not. */
const webHref = (address: string): string | null => {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return !/^[\w.:[\]-]+$/.test(url.hostname) || url.username !== '' || url.password !== '' ? null : url.href;
};

/** `www.` must be followed by a domain. */
const wwwHref = (address: string): string | null =>
  DOMAIN.test(/^www\.([^/?#:]*)/i.exec(address)?.[1] ?? '') ? webHref(`https://${address}`) : null;

/** Never with header fields, because only the user decides what goes into their mail. */
const mailHref = (address: string): string | null => {
  const [local = '', domain = ''] = address.split('@');
  if (!DOMAIN.test(domain) || /^\.|\.\.|\.$/.test(local) || !URL.canParse(`https://${domain}`)) return null;
  return `mailto:${local.replaceAll('%', '%25')}@${new URL(`https://${domain}`).hostname}`;
};

/** Splits a text into pieces. Joined, they give the same text again. */
export const pieces = (text: string): readonly Piece[] => {
  const found: Piece[] = [];
  let from = 0;
  for (const { index, groups = {}, 0: candidate } of text.matchAll(CANDIDATE)) {
    const { www, mail, tel } = groups;
    const address = tel ?? withoutTail(candidate);
    const href =
      tel !== undefined
        ? telephoneHref(
            tel,
            text.slice(Math.max(0, index - 40), index),
            text.slice(index + tel.length, index + tel.length + 8),
          )
        : (www !== undefined ? wwwHref : mail !== undefined ? mailHref : webHref)(address);
    if (href === null) continue;
    if (index > from) found.push({ text: text.slice(from, index), href: null });
    found.push({ text: address, href });
    from = index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
};
