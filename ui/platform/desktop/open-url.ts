/** Header fields that a mail link may fill in. With others, some mail programs attach the user's files. */
const MAIL_FIELDS = ['to', 'cc', 'bcc', 'subject', 'body'];
/** Far longer than any address that a user is meant to open. */
const MAX_LENGTH = 4096;
/** The characters that an address needs. Quotes, dollar, backtick, backslash, space and control characters are not
 *  among them. */
const HARMLESS = /[A-Za-z0-9\-._~:/?#[\]@!&'()*+,;=%]/u;

const encoded = (character: string): string =>
  [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

const mailto = (url: URL): string => {
  const fields = [...url.searchParams].filter(([name]) => MAIL_FIELDS.includes(name.toLowerCase()));
  const query = fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `mailto:${url.pathname}${query === '' ? '' : `?${query}`}`;
};

/** Returns an address that is safe to hand to the system, or null. Neutralino puts it between double quotes into a
 *  shell's command line, where `$`, `` ` ``, `"` and `\` have a meaning. All characters that an address does not need
 *  are therefore percent-encoded. Only `http`, `https` and `mailto` are allowed, and no user name or password, which
 *  only serve to make an address look like another. */
export const openableUrl = (text: string): string | null => {
  if (text.length > MAX_LENGTH || !text.isWellFormed() || !URL.canParse(text)) return null;
  const url = new URL(text);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (web ? url.username !== '' || url.password !== '' : url.protocol !== 'mailto:') return null;
  const safe = [...(web ? url.href : mailto(url))]
    .map((character) => (HARMLESS.test(character) ? character : encoded(character)))
    .join('');
  return safe.length > MAX_LENGTH || (web && url.hostname === '') ? null : safe;
};
