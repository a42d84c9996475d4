import { isVisible } from '../../../server/protocol/fields.ts';

const LINE_BREAK = /[\n\r\u2028\u2029]/;

/** Removes lines at the beginning and the end of a text that show nothing. Everything between them stays, including
 *  the indentation of the first line. */
export const withoutBlankEnds = (text: string): string => {
  let start = 0;
  let end = text.length;
  for (let at = 0; at < end; at += 1) {
    if (!LINE_BREAK.test(text.charAt(at))) continue;
    if (isVisible(text.slice(start, at))) break;
    start = at + 1;
  }
  for (let at = end - 1; at >= start; at -= 1) {
    if (!LINE_BREAK.test(text.charAt(at))) continue;
    if (isVisible(text.slice(at, end))) break;
    end = at;
  }
  return text.slice(start, end);
};

/** Returns the text that is sent: without characters that the protocol refuses, and without blank lines around it.
 *  Neither can be seen. */
export const sendable = (text: string): string => withoutBlankEnds(text.replaceAll('\0', '').toWellFormed());
