const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const MAX_CODE_POINTS = 200;

/** A text for a notification of the system. On Linux its parts are read as markup, so that a message could show a picture
 *  or look like a notice of the system; a backslash there begins an escape. Controls are left out everywhere: they
 *  end a string or a line in whatever carries the notice on. A leading hyphen would be an option to the program that
 *  shows it. */
export const noticeText = (text: string, system: string): string => {
  const plain = [...text.replace(/\p{Cc}+|\p{Zl}|\p{Zp}/gu, ' ').trim()].slice(0, MAX_CODE_POINTS).join('');
  if (system !== 'Linux' && system !== 'FreeBSD') return plain;
  const escaped = plain.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '').replaceAll('\\', '\\\\');
  return escaped.startsWith('-') ? `\u2060${escaped}` : escaped;
};
