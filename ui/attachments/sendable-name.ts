import { isVisible } from '../../server/protocol/fields.ts';
import { ATTACHMENT_NAME_MAX } from '../../server/protocol/limits.ts';
import { extensionOf } from '../model/text/file-name.ts';

/** What no name of an attachment may have [G2]: controls, separators of lines, what turns the direction of writing, and paths. */
const UNWANTED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069/\\]/gu;

/** A name that the server takes, and that says what it said before: composed (NFC), with `_` for each character that the server refuses, and
 *  cut in front of its extension. */
export const sendableName = (name: string): string => {
  const plain = name.toWellFormed().normalize('NFC').replace(UNWANTED, '_').trim();
  const visible = isVisible(plain) ? plain : 'file';
  const points = [...visible];
  if (points.length <= ATTACHMENT_NAME_MAX) return visible;
  const extension = [...extensionOf(visible)];
  return [...points.slice(0, ATTACHMENT_NAME_MAX - extension.length), ...extension].join('');
};

/** The name of a picture that is sent in another format than it was picked. */
export const renamedTo = (extension: string, name: string): string => {
  const old = extensionOf(name);
  const isSame = /^\.jpe?g$/i.test(old) ? extension === '.jpg' : old.toLowerCase() === extension;
  return isSame ? name : sendableName(name.slice(0, name.length - old.length) + extension);
};
