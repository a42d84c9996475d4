import type { StoredAttachment } from './stored-attachment.ts';

/** The bytes of one upload on their way into the store. One of `finish` and `abort` must be called. */
export interface IncomingBytes {
  /** Resolves when more can be taken. The chunk may be reused by then. Rejects with `unavailable` or `insufficient_storage` (ParleyError). */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the bytes durable, and calls `record` while nothing can remove them. Rejects as `write` does, and with what `record` rejects with.
   *  Then the bytes stay until a sweep finds that nothing has them: `record` may still be carried out. */
  finish<T>(record: (file: Pick<StoredAttachment, 'size' | 'sha256'>) => Promise<T>): Promise<T>;
  /** Removes what was written, unless `finish` has called `record`. Never rejects. */
  abort(): Promise<void>;
}

/** Where the bytes of attachments are: files of the data directory named by their hash with SQLite, rows with PostgreSQL. */
export interface AttachmentBytes {
  /** Begins an upload. `id`: of the attachment that it becomes. */
  receive(id: string, size: number): Promise<IncomingBytes>;
  /** The bytes from `from` up to, and without, `to`, in pieces of at most 256 KiB; null if they are not there. */
  read(
    attachment: Pick<StoredAttachment, 'id' | 'sha256' | 'size'>,
    range: { readonly from: number; readonly to: number },
  ): Promise<AsyncIterable<Uint8Array> | null>;
  /** Removes what no attachment needs any more: files without attachments, uploads that were broken off. To be called at the start and from
   *  time to time. Returns how many files or broken-off uploads it has removed. Rejects if the disk or the store failed; the next call tries
   *  again. */
  sweep(): Promise<number>;
  /** Until the returned function is called, no file is removed: what a copy of the database names is there, if the copy is begun afterwards.
   *  With PostgreSQL, where a snapshot has the bytes too, it does nothing. */
  hold(): () => void;
  close(): Promise<void>;
}
