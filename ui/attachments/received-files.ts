import { savedFileName } from '../model/text/file-name.ts';
import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import type { DownloadDeps } from './download.ts';
import { FileSaves } from './file-saves.ts';
import { ReceivedPictures } from './received-pictures.ts';

export interface ReceivedFilesDeps {
  readonly api: Pick<Api, 'signed'>;
  readonly clock: Clock;
  /** Hands a file to the browser, which saves it under this name or one like it. */
  readonly save: (file: Blob, name: string) => void;
}

/** The files of messages: those that are shown as pictures, and those that the user saves. */
export class ReceivedFiles {
  readonly pictures: ReceivedPictures;
  readonly saves: FileSaves;

  constructor({ api, clock, save }: ReceivedFilesDeps) {
    const open: DownloadDeps['open'] = (id, from, signal) =>
      api.signed<Response>({
        method: 'GET',
        path: `/attachments/${encodeURIComponent(id)}`,
        answer: 'response',
        ...(from > 0 && { headers: { range: `bytes=${String(from)}-` } }),
        signal,
      });
    this.pictures = new ReceivedPictures({ clock, open, urls: URL });
    this.saves = new FileSaves({
      clock,
      open,
      save: (file, name) => {
        save(file, savedFileName(name));
      },
    });
  }

  /** The user is logged out. */
  stop(): void {
    this.pictures.stop();
    this.saves.stop();
  }
}
