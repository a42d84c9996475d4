import type { AttachmentResource } from '../../../server/protocol/resources/attachment.ts';
import { strings } from '../../strings/strings.ts';
import { shownFileName } from './file-name.ts';

type File = Pick<AttachmentResource, 'name' | 'type' | 'size'>;

/** Images that every browser shows and that can hold nothing that runs. */
const SHOWN_TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
/** A larger picture is a file like any other. */
const PICTURE_MAX_BYTES = 32 * 1024 * 1024;

/** Whether a file is shown as a picture. What its bytes are is seen when they are there. */
export const isPicture = ({ type, size }: File): boolean =>
  SHOWN_TYPES.includes(type.toLowerCase()) && size > 0 && size <= PICTURE_MAX_BYTES;

/** Between isolates, so that a name turns nothing around it. */
const isolated = (name: string): string => `\u2068${name}\u2069`;

/** What a message without a text is called: "Photo", "3 photos", "report.pdf", "3 files". Empty without attachments. */
export const attachmentWords = (files: readonly File[]): string => {
  const words = strings().files;
  const [first] = files;
  if (first === undefined) return '';
  const isAllPictures = files.every(isPicture);
  if (files.length > 1) return isAllPictures ? words.photos(files.length) : words.many(files.length);
  return isAllPictures ? words.photo : isolated(shownFileName(first.name));
};

/** A message in one line: its text, or what it carries. `plain`: removes the marks of its formatting. */
export const messageWords = (
  { content, attachments }: { readonly content: string; readonly attachments: readonly File[] },
  plain: (text: string) => string,
): string => (content.trim() === '' ? attachmentWords(attachments) : plain(content));
