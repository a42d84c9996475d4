import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { AttachmentBytes } from '../../storage/attachments/attachment-bytes.ts';
import type { Queries } from '../../storage/reads.ts';
import type { DiskFigures } from '../ops/disk-watch.ts';
import { Downloads, type DownloadFigures } from './downloads.ts';
import { Sweeping } from './sweeping.ts';
import { Uploads, type UploadFigures } from './uploads.ts';

export interface AttachmentsDeps {
  readonly bytes: AttachmentBytes;
  /** Bytes of one attachment; 0: none are taken. */
  readonly maxBytes: number;
  /** See `UploadsDeps`. */
  readonly disk: () => Promise<DiskFigures | null>;
  readonly queries: Pick<Queries, 'session' | 'uploaded'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

export interface AttachmentFigures {
  readonly uploads: UploadFigures;
  readonly downloads: DownloadFigures;
  /** Files and broken-off uploads that nothing needed any more. */
  readonly removed: number;
}

/** The files of messages, as far as this host takes them in and sends them. */
export class Attachments {
  readonly maxBytes: number;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  readonly read: AttachmentBytes['read'];
  readonly #sweeping: Sweeping;

  constructor(deps: AttachmentsDeps) {
    this.maxBytes = deps.maxBytes;
    this.uploads = new Uploads(deps);
    this.downloads = new Downloads(deps);
    this.read = deps.bytes.read.bind(deps.bytes);
    this.#sweeping = new Sweeping(deps);
  }

  get figures(): AttachmentFigures {
    return {
      uploads: this.uploads.figures,
      downloads: this.downloads.figures,
      removed: this.#sweeping.removed,
    };
  }

  /** Begins to remove what is left of the run before. */
  start(): void {
    this.#sweeping.start();
  }

  /** Takes in no further ones: this host is to be left. */
  refuse(): void {
    this.uploads.refuse();
  }

  /** Ends what is under way: uploads are answered, downloads are cut off. */
  stop(): void {
    this.#sweeping.stop();
    this.uploads.stop();
    this.downloads.stop();
  }
}
