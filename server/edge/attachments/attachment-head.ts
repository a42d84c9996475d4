import { ParleyError } from '../../protocol/errors.ts';
import { isVisible } from '../../protocol/fields.ts';
import { ATTACHMENT_NAME_MAX, ATTACHMENT_TYPE_MAX } from '../../protocol/limits.ts';

/** What the head of an upload says of the file, and what the head of its answer says of it again. */

const TOKEN_CHARS = "!#$%&'*+.^_`|~0-9A-Za-z-";
const TOKEN = `[${TOKEN_CHARS}]+`;
const MEDIA_TYPE = new RegExp(
  `^${TOKEN}/${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"))*$`,
);
const ANY_TYPE = 'application/octet-stream';

/** The media type of the file; `application/octet-stream` for what is none [G2]. */
export const mediaTypeOf = (contentType: string): string =>
  contentType.length <= ATTACHMENT_TYPE_MAX && MEDIA_TYPE.test(contentType) ? contentType : ANY_TYPE;

/** One parameter of Content-Disposition (RFC 6266): a token or a quoted text of ASCII. Brackets, which JavaScript's `encodeURIComponent`
 *  leaves as they are, are taken as part of a token. */
const PARAMETER = new RegExp(
  `[ \\t]*;[ \\t]*(${TOKEN})[ \\t]*=[ \\t]*(?:([()${TOKEN_CHARS}]+)|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*`,
  'y',
);
/** A text in UTF-8 (RFC 8187). */
const ENCODED = /^UTF-8'[A-Za-z0-9-]*'((?:%[0-9A-Fa-f]{2}|[!#$&'()*+.^_`|~0-9A-Za-z-])*)$/i;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Control characters, line and paragraph separators, and what turns the direction of the text around it. */
const FORBIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069/\\]/u;

/** The name of the file. @throws ParleyError `bad_request` [G2] */
export const fileNameOf = (contentDisposition: string): string => {
  const parameters = parametersOf(contentDisposition);
  const encoded = parameters?.get('filename*');
  const name = encoded === undefined ? parameters?.get('filename') : decoded(encoded);
  if (name === undefined || name === null)
    throw refused("must be attachment; filename*=UTF-8''… with the name of the file, percent-encoded");
  const fault = nameFault(name);
  if (fault !== null) throw refused(`has a name that ${fault}`);
  return name;
};

/** Why this cannot be the name of an attachment; null if it can. */
export const nameFault = (name: string): string | null => {
  if (!isVisible(name)) return 'holds nothing visible';
  if ([...name].length > ATTACHMENT_NAME_MAX)
    return `has more than ${String(ATTACHMENT_NAME_MAX)} characters`;
  if (!name.isWellFormed()) return 'is not well-formed Unicode';
  return FORBIDDEN.test(name) ? 'holds a control character, a change of direction, / or \\' : null;
};

/** By lower-case name; null for what is not `attachment`, not well-formed, or names a parameter twice. */
const parametersOf = (header: string): ReadonlyMap<string, string> | null => {
  const [type] = /^attachment(?=[ \t]*(?:;|$))/i.exec(header) ?? [];
  if (type === undefined) return null;
  const found = new Map<string, string>();
  for (let at = type.length; at < header.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const [, name, token, quoted = ''] = PARAMETER.exec(header) ?? [];
    if (name === undefined || found.has(name.toLowerCase())) return null;
    const value = token ?? quoted.replace(/\\(.)/g, '$1');
    if (!PRINTABLE.test(value)) return null;
    found.set(name.toLowerCase(), value);
  }
  return found;
};

const decoded = (text: string): string | null => {
  const [, encoded] = ENCODED.exec(text) ?? [];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
};

const refused = (what: string): ParleyError =>
  new ParleyError('bad_request', 'The head of the file is not valid.', {
    errors: [{ path: 'Content-Disposition', message: what }],
  });

/** With which a browser saves the file under its name, and never shows it. */
export const dispositionOf = (name: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )}`;
