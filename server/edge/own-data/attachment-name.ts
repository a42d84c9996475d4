import type { AttachmentResource } from '../../protocol/resources/attachment.ts';

/** Bytes of the name of an attachment that stay in the name of its file: file systems allow 255, and the id takes 37 of them. */
const NAME_BYTES = 160;
const ENDING = /\.[A-Za-z0-9]{1,12}$/;
/** What a browser shows, plays or saves, and never runs. Whatever has another ending is not opened from a page. */
const PASSIVE = new Set(
  (
    'jpg jpeg png gif webp avif heic bmp tif tiff mp3 m4a aac ogg oga opus wav flac mp4 m4v mov webm mkv ogv pdf txt csv log md ' +
    'zip gz tgz tar bz2 xz 7z rar doc docx xls xlsx ppt pptx odt ods odp rtf epub'
  ).split(' '),
);

/** The file of an attachment in an export. Its name is that of the attachment, as far as every file system allows it; the id makes it
 *  unique. */
export const attachmentPath = ({ id, name }: Pick<AttachmentResource, 'id' | 'name'>): string =>
  `attachments/${id}-${fileName(name)}`;

const fileName = (name: string): string => {
  // Letters, digits and marks of all scripts. The rest means something to some file system or shell, or hides what the name is.
  const plain = name.normalize('NFC').replace(/[^\p{L}\p{N}\p{M}._ -]+/gu, '_');
  const ending = ENDING.exec(plain)?.[0] ?? '';
  const stem = shortened(ending === '' ? plain : plain.slice(0, -ending.length), NAME_BYTES - ending.length);
  // Windows takes no dot and no space at the end.
  return `${stem}${ending}`.replace(/[. ]+$/, '') || 'file';
};

const shortened = (text: string, bytesMax: number): string => {
  let [kept, bytes] = ['', 0];
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    kept += character;
  }
  return kept;
};

/** Whether a page may lead to the file: a browser would run what is in others, with the rights of a local file. */
export const isOpenedSafely = (name: string): boolean =>
  PASSIVE.has((ENDING.exec(fileName(name))?.[0] ?? '').slice(1).toLowerCase());
