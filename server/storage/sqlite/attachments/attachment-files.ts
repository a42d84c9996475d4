import { open, stat, type FileHandle } from 'node:fs/promises';
import type { AttachmentBytes, IncomingBytes } from '../../attachments/attachment-bytes.ts';
import type { FileUse } from '../../attachments/file-use.ts';
import { KeyedLock } from '../../attachments/keyed-lock.ts';
import type { StoredAttachment } from '../../attachments/stored-attachment.ts';
import { filePath } from './attachment-folder.ts';
import { IncomingFile } from './incoming-file.ts';
import { FileSweep } from './sweep-files.ts';

/** Bytes of one piece that is read. */
const PIECE_BYTES = 256 * 1024;

/** The bytes of attachments as files of the data directory, each named by its hash. Attachments with the same bytes share one. */
export class AttachmentFiles implements AttachmentBytes {
  readonly #dataDir: string;
  readonly #locks = new KeyedLock();
  /** Ids of uploads under way. */
  readonly #incoming = new Set<string>();
  readonly #sweep: FileSweep;

  constructor(dataDir: string, use: FileUse) {
    this.#dataDir = dataDir;
    this.#sweep = new FileSweep({
      dataDir,
      use,
      locks: this.#locks,
      isIncoming: (id) => this.#incoming.has(id),
    });
  }

  async receive(id: string): Promise<IncomingBytes> {
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
      return await IncomingFile.open(deps, id);
    } catch (error) {
      this.#incoming.delete(id);
      throw error;
    }
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
