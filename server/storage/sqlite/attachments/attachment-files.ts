import { open, stat, type FileHandle } from 'node:fs/promises';
import type { AttachmentBytes, IncomingBytes } from '../../attachments/attachment-bytes.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { FileUse } from '../../attachments/file-use.ts';
import {
  checkContinues,
  continuedElsewhere,
  type ContinuedUpload,
  type KeptUpload,
} from '../../attachments/kept-upload.ts';
import { KeyedLock } from '../../attachments/keyed-lock.ts';
import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import { filePath } from './attachment-folder.ts';
import { IncomingFile, storing, type Keeping } from './incoming-file.ts';
import { KeptUploads } from './kept-uploads.ts';
import { FileSweep } from './sweep-files.ts';

/** Bytes of one piece that is read. */
const PIECE_BYTES = 256 * 1024;

/** The bytes of attachments as files of the data directory, each named by its hash. Attachments with the same bytes share one. */
export class AttachmentFiles implements AttachmentBytes {
  readonly #dataDir: string;
  readonly #locks = new KeyedLock();
  /** Ids of uploads under way. */
  readonly #incoming = new Set<string>();
  readonly #kept: KeptUploads;
  readonly #use: FileUse;
  readonly #sweep: FileSweep;

  constructor(dataDir: string, use: FileUse, clock: Pick<Clock, 'now'>) {
    this.#dataDir = dataDir;
    this.#use = use;
    this.#kept = new KeptUploads(dataDir, clock);
    this.#sweep = new FileSweep({
      dataDir,
      use,
      locks: this.#locks,
      isIncoming: async (id) => this.#incoming.has(id) || (await this.#kept.has(id)),
      removeStale: () => this.#removeStale(),
    });
  }

  async receive(id: string, size = 0, continued?: ContinuedUpload): Promise<IncomingBytes> {
    if (this.#incoming.has(id)) throw continuedElsewhere();
    this.#incoming.add(id);
    const deps = {
      dataDir: this.#dataDir,
      locks: this.#locks,
      onOver: (over: string) => {
        this.#incoming.delete(over);
      },
      onDoubt: (sha256: string) => {
        this.#sweep.doubt(sha256);
      },
    };
    try {
      if (continued === undefined) return await IncomingFile.open(deps, id);
      return await this.#locks.with(id, async () => {
        const keeping = await storing(() => this.#keeping(id, size, continued));
        const incoming = await IncomingFile.open(deps, id, keeping);
        if (keeping.from === null) await this.#begin(id, size, continued, incoming);
        return incoming;
      });
    } catch (error) {
      this.#incoming.delete(id);
      throw error;
    }
  }

  async kept(id: string): Promise<KeptUpload | null> {
    return await storing(() => this.#kept.find(id));
  }

  async keptOf(userId: string): Promise<number> {
    return await storing(() => this.#kept.count(userId));
  }

  forget(id: string): Promise<void> {
    return this.#locks.with(id, () => storing(() => this.#kept.forget(id)));
  }

  async read(
    { sha256 }: Pick<StoredAttachment, 'sha256'>,
    range: { readonly from: number; readonly to: number },
  ): Promise<AsyncIterable<Uint8Array> | null> {
    const path = filePath(this.#dataDir, sha256);
    try {
      // A shorter one is damaged, and would fail on the way.
      if ((await stat(path)).size < range.to) return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return piecesOf(path, range);
  }

  sweep(): Promise<number> {
    return this.#sweep.run();
  }

  hold(): () => void {
    return this.#sweep.hold();
  }

  async #keeping(id: string, size: number, continued: ContinuedUpload): Promise<Keeping> {
    const kept = await this.#kept.find(id);
    checkContinues(kept, continued, size);
    return {
      from: kept === null ? null : kept.received,
      note: (received) => this.#kept.note(id, received),
      forget: () => this.#kept.forget(id),
    };
  }

  async #begin(id: string, size: number, head: ContinuedUpload, incoming: IncomingBytes): Promise<void> {
    try {
      await storing(() => this.#kept.begin(id, head, size));
    } catch (error) {
      await incoming.abort();
      await this.#kept.forget(id).catch(() => undefined);
      throw error;
    }
  }

  async #removeStale(): Promise<number> {
    let removed = 0;
    for (const id of await this.#kept.stale((userIds) => this.#use.livingUsers(userIds)))
      await this.#locks.with(id, async () => {
        if (this.#incoming.has(id)) return;
        await this.#kept.forget(id);
        removed += 1;
      });
    return removed;
  }

  close(): Promise<void> {
    return this.#sweep.stop();
  }
}

/** The file is opened when the first piece is asked for: whoever never asks leaves nothing open. */
async function* piecesOf(
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    for (let at = from; at < to;) {
      const piece = await pieceAt(file, at, Math.min(PIECE_BYTES, to - at));
      yield piece;
      at += piece.byteLength;
    }
  } finally {
    await file.close();
  }
}

const pieceAt = async (file: FileHandle, at: number, length: number): Promise<Uint8Array> => {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
  if (bytesRead === 0) throw new Error('the file of an attachment is shorter than it was');
  return buffer.subarray(0, bytesRead);
};
