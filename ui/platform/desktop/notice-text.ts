const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const MAX_CODE_POINTS = 200;

/** Prepares a text for a system notification. On Linux, parts of the text are read as markup, so a message could show
 *  a picture or look like a notice of the system; a backslash begins an escape. Control characters are left out on
 *  all systems, because they end a string or a line in some programs. A leading hyphen would be taken for an option
 *  of the program that shows the notification. */
export const noticeText = (text: string, system: string): string => {
  const plain = [...text.replace(/\p{Cc}+|\p{Zl}|\p{Zp}/gu, ' ').trim()].slice(0, MAX_CODE_POINTS).join('');
  if (system !== 'Linux' && system !== 'FreeBSD') return plain;
  const escaped = plain.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '').replaceAll('\\', '\\\\');
  return escaped.startsWith('-') ? `\u2060${escaped}` : escaped;
};
