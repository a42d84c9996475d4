import { telephoneHref, TELEPHONE } from './telephone.ts';

/** A stretch of a message: plain text, or an address that may be opened. */
export interface Piece {
  readonly text: string;
  readonly href: string | null;
}

/** What may stand in a web address: no quotes and no full-width punctuation, which belong to the sentence. */
const WEB = /[^\s<>"'`\u00ab\u00bb\u201c-\u201f\u2039\u203a\u3000-\u303f\uff00-\uffef]+/u.source;
/** Where a word begins that no address stands in front of. */
const START = /(?<![\p{L}\p{M}\p{N}_.%+@/=&?#~-])/u.source;
/** Not after a colon either: `user:password@host` is no mail address. */
const MAIL = `(?:(?<=\\bmailto:)|(?<!:)${START})[\\w.%+-]{1,64}@[\\p{L}\\p{M}\\p{N}.-]{4,255}`;
/** In the order in which they are tried at one place. */
const CANDIDATE = new RegExp(
  `(?<web>\\bhttps?:\\/\\/${WEB})|(?<www>${START}www\\.${WEB})|(?<mail>${MAIL})|(?<tel>${START}${TELEPHONE})`,
  'giu',
);
const TRAILING = /[.,;:!?\u2026*_~]$/u;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** A name with a top-level domain: letters, or letters of other scripts as they are registered (`xn--…`). */
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,62}(?<!-))?\.)+(?:[\p{L}\p{M}]{2,63}|xn--[a-z\d-]{2,59})$/iu;

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
const webHref = (address: string): string | null => {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return !/^[\w.:[\]-]+$/.test(url.hostname) || url.username !== '' || url.password !== '' ? null : url.href;
};

/** `www.` alone makes no address: a domain must follow. */
const wwwHref = (address: string): string | null =>
  DOMAIN.test(/^www\.([^/?#:]*)/i.exec(address)?.[1] ?? '') ? webHref(`https://${address}`) : null;

/** Never with fields: what is written into the mail is the person's own matter. */
const mailHref = (address: string): string | null => {
  const [local = '', domain = ''] = address.split('@');
  if (!DOMAIN.test(domain) || /^\.|\.\.|\.$/.test(local) || !URL.canParse(`https://${domain}`)) return null;
  return `mailto:${local.replaceAll('%', '%25')}@${new URL(`https://${domain}`).hostname}`;
};

/** A text in pieces that, put together, are the text again. */
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
