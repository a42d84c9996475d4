import { perLanguage } from './locale.ts';

const english = {
  files: 'Files of this message',
  remove: (name: string) => `Remove ${name}`,
  again: (name: string) => `Try ${name} again`,
  original: 'Original',
  originalOf: (name: string) => `Send ${name} as the original file`,
  originalHint: 'The original keeps all its pixels, and what it says of its place, time and camera.',
  asItIs: 'with place and camera data',
  /** For the live region. */
  uploaded: (name: string) => `${name} is uploaded.`,
  allUploaded: (count: number) => `All ${count} files are uploaded.`,
  sent: (count: number) => (count === 1 ? 'The file is sent.' : `${count} files are sent.`),
  notSent: 'A message with files was not sent.',
  failed: (name: string, why: string) => `${name} cannot be sent. ${why}`,
  tooLarge: (limit: string) => `Too large: this server takes at most ${limit}.`,
  fullWaits: 'The server has no room for it. It is tried again.',
  removeRefused: 'Remove what cannot be sent, or try it again. Then send the message.',
  tooMany: (count: number) => `A message takes at most ${count} files. The others were left out.`,
  onlyHere:
    'This device has no room for these files. They are lost if you close this window before they are uploaded and sent.',
  drop: 'Drop the files here',
  nowhere: 'Open a conversation first, then add the files.',
  folder: 'Folders cannot be sent. Send the files in them, or pack the folder into one file.',
  longText: 'This text is too long for a message. It was added as a file.',
  longTextName: 'Pasted text.txt',
  notHere: 'No files can be sent in this conversation.',
};
export type SendingTable = typeof english;

/** Texts of the files that a draft has. Loaded with the first of them. */
export const sendingStrings = perLanguage('sending', english);
