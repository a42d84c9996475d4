/** What an address in a mail link may fill in. Others make some mail programs attach files of the person's. */
const MAIL_FIELDS = ['to', 'cc', 'bcc', 'subject', 'body'];
/** Far beyond any address a person was meant to open. */
const MAX_LENGTH = 4096;
/** All that an address needs; no quote, dollar, backtick, backslash, space or control. */
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

/** The address as it may be given to the system, or null when it may not. Neutralino puts it between double quotes into
 *  a shell's command line, where `$`, `` ` ``, `"` and `\` would be read as commands: every character an address does not
 *  need is percent-encoded, so what comes out holds none of them. Only `http`, `https` and `mailto`, without a name or
 *  a password, which only make an address look like another. */
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
