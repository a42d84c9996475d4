import { graphemeStart, shortened } from './graphemes.ts';

/** Control characters, and those that turn the direction of what follows them. A server that this client knows takes no such name
 *  [G2]; what came by an import or from elsewhere may have one. */
const DECEIVING = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]+/gu;
const TAIL = 10;
const LONGEST_SAVED = 120;

/** A name as it is shown: one line, in which nothing pretends to be something else. */
export const shownFileName = (name: string): string => name.replace(DECEIVING, ' ').trim() || '–';

/** Splits a name where it may be cut in the middle: its end says what kind of file it is. */
export const nameParts = (name: string): readonly [head: string, tail: string] => {
  const shown = shownFileName(name);
  let at = shown.length <= 2 * TAIL ? shown.length : graphemeStart(shown, shown.length - TAIL);
  // A space after the sign of the cut would look like a gap.
  while (shown[at] === ' ') at += 1;
  return [shown.slice(0, at), shown.slice(at)];
};

/** The last extension of a name with its dot, of at most 10 letters and digits; empty if there is none. */
export const extensionOf = (name: string): string => /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? '';

/** A name under which a file can be saved on any system: no path, nothing hidden, and no name that Windows gives to a device. */
export const savedFileName = (name: string): string => {
  const plain = shownFileName(name)
    .replace(/[/\\:*?"<>|]+/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const extension = extensionOf(plain);
  const stem = shortened(plain.slice(0, plain.length - extension.length), LONGEST_SAVED);
  const isDevice = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(stem || plain);
  return `${isDevice ? '_' : ''}${stem || 'file'}${extension}`;
};
