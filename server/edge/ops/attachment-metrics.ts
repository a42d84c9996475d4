import { Counter, Gauge, type Registry } from 'prom-client';

/** See `Attachments`, of another folder. */
interface AttachmentFigures {
  readonly figures: {
    readonly uploads: {
      readonly running: number;
      readonly bytes: number;
      readonly ended: Readonly<Record<string, number>>;
    };
    readonly downloads: { readonly running: number; readonly bytes: number };
    readonly removed: number;
  };
}

/** The files of messages, read when the metrics are requested. */
export const registerAttachmentMetrics = (registry: Registry, attachments: AttachmentFigures): void => {
  const registers = [registry];
  new Gauge({
    name: 'parley_open_uploads',
    help: 'Attachments that are being taken in',
    registers,
    collect() {
      this.set(attachments.figures.uploads.running);
    },
  });
  new Gauge({
    name: 'parley_open_downloads',
    help: 'Attachments that are being sent',
    registers,
    collect() {
      this.set(attachments.figures.downloads.running);
    },
  });
  new Counter({
    name: 'parley_uploads_total',
    help: 'Uploads of attachments that have ended, by how: stored, or the code of the error',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(attachments.figures.uploads.ended))
        this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'parley_attachment_bytes_total',
    help: 'Bytes of attachments, taken in or sent',
    labelNames: ['direction'],
    registers,
    collect() {
      const { uploads, downloads } = attachments.figures;
      this.reset();
      this.inc({ direction: 'in' }, uploads.bytes);
      this.inc({ direction: 'out' }, downloads.bytes);
    },
  });
  new Counter({
    name: 'parley_attachments_swept_total',
    help: 'Files of attachments and broken-off uploads that were removed because nothing needed them any more',
    registers,
    collect() {
      this.reset();
      this.inc(attachments.figures.removed);
    },
  });
};
