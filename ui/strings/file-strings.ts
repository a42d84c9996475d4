import { perLanguage } from './locale.ts';

const english = {
  /** What a screen reader says of a file. `size`: in words. */
  photo: (name: string, size: string) => `Photo ${name}, ${size}`,
  file: (name: string, size: string) => `File ${name}, ${size}`,
  list: 'Attachments',
  more: (count: number) => `and ${count} more`,
  show: (size: string) => `Show (${size})`,
  unshowable: 'Cannot be shown here. Save it to open it with another program.',
  later: 'Could not be loaded. It is tried again when there is a connection.',
  again: 'Try again',
  gone: 'No longer available',
  save: 'Save',
  savePhoto: 'Save photo',
  saveFile: 'Save file',
  saveAll: (count: number) => `Save all ${count}`,
  saving: (done: string, all: string) => `${done} of ${all}`,
  waiting: 'Waiting…',
  cancel: (name: string) => `Stop saving ${name}`,
  failed: 'Not saved: the connection was lost. Try again.',
  refused: 'Not saved: the server refused it. Try again later.',
  viewer: {
    title: 'Photo',
    from: (name: string, time: string) => `${name}, ${time}`,
    at: (at: number, count: number) => `${at} of ${count}`,
    previous: 'Previous photo',
    next: 'Next photo',
    whole: 'Fit to the window',
    actual: 'Actual size',
    loading: 'Loading the photo',
  },
  outgoing: {
    preparing: 'Being prepared…',
    waiting: 'Waiting to be sent…',
    sent: (percent: number) => `${percent} % sent`,
    tooLarge: 'Too large for this server.',
    unreadable: 'It cannot be read on this device any more.',
    full: 'The server has no room for it.',
    refused: 'The server did not take it.',
  },
};
export type FileTable = typeof english;

/** Texts of the files that messages carry: how they are shown, opened and saved. Loaded with the first of them. */
export const fileStrings = perLanguage('files', english);
