import type { ContinuedUpload, KeptUpload } from './kept-upload.ts';
import type { StoredAttachment } from './stored-attachment.ts';

/** The bytes of one upload on their way into the store. One of `finish` and `abort` must be called. */
export interface IncomingBytes {
  /** Resolves when more can be taken. The chunk may be reused by then. Rejects with `unavailable` or `insufficient_storage` (ParleyError). */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the bytes durable, and calls `record` while nothing can remove them. Rejects as `write` does, and with what `record` rejects with.
   *  Then the bytes stay until a sweep finds that nothing has them: `record` may still be carried out. */
  finish<T>(record: (file: Pick<StoredAttachment, 'size' | 'sha256'>) => Promise<T>): Promise<T>;
  /** Removes what was written, unless `finish` has called `record`; what is kept stays, all of it durable if that is possible. Never rejects. */
  abort(): Promise<void>;
}

/** Where the bytes of attachments are: files of the data directory named by their hash with SQLite, rows with PostgreSQL. */
export interface AttachmentBytes {
  /** Begins an upload. `id`: of the attachment that it becomes. `continued`: what comes is kept under this id until the attachment is recorded,
   *  also over the end of the process, and this goes on from there. Whoever brought bytes of it before can bring no more: the next `write` or
   *  `finish` rejects with `conflict`. Rejects with `conflict` and what is kept if something else is kept than `continued` says [G9]. */
  receive(id: string, size: number, continued?: ContinuedUpload): Promise<IncomingBytes>;
  /** What is kept of an upload, which stays if the process is killed now, or the machine loses its power. Null if nothing is known of it.
   *  Whoever brings bytes of it at another host can bring no more. */
  kept(id: string): Promise<KeptUpload | null>;
  /** How many uploads of this user are kept. */
  keptOf(userId: string): Promise<number>;
  /** Removes what is kept of an upload that is no attachment yet; nobody brings bytes of it at this host. */
  forget(id: string): Promise<void>;
  /** The bytes from `from` up to, and without, `to`, in pieces of at most 256 KiB; null if they are not there. */
  read(
    attachment: Pick<StoredAttachment, 'id' | 'sha256' | 'size'>,
    range: { readonly from: number; readonly to: number },
  ): Promise<AsyncIterable<Uint8Array> | null>;
  /** Removes what no attachment needs any more: files without attachments, uploads that were broken off; those that are kept go a day after
   *  their last byte, and when their user is gone. To be called at the start and from
   *  time to time. Returns how many files or broken-off uploads it has removed. Rejects if the disk or the store failed; the next call tries
   *  again. */
  sweep(): Promise<number>;
  /** Until the returned function is called, no file is removed: what a copy of the database names is there, if the copy is begun afterwards.
   *  With PostgreSQL, where a snapshot has the bytes too, it does nothing. */
  hold(): () => void;
  close(): Promise<void>;
}
