import { createHash } from 'node:crypto';
import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParleyError } from '../../../protocol/errors.ts';
import type { IncomingBytes } from '../../attachments/attachment-bytes.ts';
import type { KeyedLock } from '../../attachments/keyed-lock.ts';
import { cannotStore, noRoomHere } from '../../attachments/storing-fault.ts';
import { isDiskFull } from '../../store-error.ts';
import { filePath, hasNoLinks, incomingPath, makeFolders, syncFolder } from './attachment-folder.ts';

/** Bytes that are written before they are made durable. A message is committed on the same disk, and waits for what the disk has to write
 *  before it: with the 25 MB of a whole file, for a tenth of a second. Therefore an upload is made durable in small steps, and one upload
 *  after the other. `npm run perf:uploads` measures it. */
const DURABLE_EVERY_BYTES = 256 * 1024;
/** The lock of whoever makes bytes durable. */
const DISK = 'disk';
/** Bytes of one piece that is read. */
const PIECE_BYTES = 256 * 1024;

export interface IncomingFileDeps {
  readonly dataDir: string;
  /** By hash, and the one of the disk. */
  readonly locks: KeyedLock;
  /** The upload is over, whatever became of it. */
  readonly onOver: (id: string) => void;
  /** `record` failed, so that it is not known whether an attachment has this file. */
  readonly onDoubt: (sha256: string) => void;
}

/** What becomes of an upload that is kept until it is recorded. */
export interface Keeping {
  /** Bytes that are there already; null if the upload begins. */
  readonly from: number | null;
  /** So many bytes are durable. */
  readonly note: (received: number) => Promise<void>;
  /** It is recorded, or cannot be kept. */
  readonly forget: () => Promise<void>;
}

/** An upload that is written to a file of its own, and gets the name of its hash when it is whole. */
export class IncomingFile implements IncomingBytes {
  readonly #deps: IncomingFileDeps;
  readonly #id: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #keeping: Keeping | null;
  readonly #hash = createHash('sha256');
  #size = 0;
  /** Bytes that survive a power cut. */
  #durable = 0;
  #isOver = false;

  private constructor(deps: IncomingFileDeps, id: string, file: FileHandle, keeping: Keeping | null) {
    this.#deps = deps;
    this.#id = id;
    this.#path = incomingPath(deps.dataDir, id);
    this.#file = file;
    this.#keeping = keeping;
  }

  static async open(
    deps: IncomingFileDeps,
    id: string,
    keeping: Keeping | null = null,
  ): Promise<IncomingFile> {
    const path = incomingPath(deps.dataDir, id);
    return await storing(async () => {
      const from = keeping?.from ?? null;
      const file =
        from === null ? await openNew(path, keeping === null ? 'wx' : 'w+') : await open(path, 'r+');
      const incoming = new IncomingFile(deps, id, file, keeping);
      try {
        if (from !== null) await incoming.#continue(from);
      } catch (error) {
        await file.close();
        throw error;
      }
      return incoming;
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    await storing(async () => {
      for (let at = 0; at < chunk.byteLength;) {
        const { bytesWritten } = await this.#file.write(chunk, at, chunk.byteLength - at, this.#size + at);
        at += bytesWritten;
      }
      this.#size += chunk.byteLength;
      if (this.#size - this.#durable >= DURABLE_EVERY_BYTES) await this.#keep();
    });
  }

  async finish<T>(
    record: (file: { readonly size: number; readonly sha256: string }) => Promise<T>,
  ): Promise<T> {
    const [size, sha256] = [this.#size, this.#hash.digest('hex')];
    try {
      await storing(async () => {
        await this.#makeDurable(() => this.#file.sync());
        await this.#file.close();
      });
      const recorded = await this.#deps.locks.with(sha256, async () => {
        await storing(() => this.#place(sha256));
        if (this.#keeping === null) this.#over();
        try {
          return await record({ size, sha256 });
        } catch (error) {
          this.#deps.onDoubt(sha256);
          throw error;
        }
      });
      // What is left of it, if this fails, is removed after a day.
      await this.#keeping?.forget().catch(() => undefined);
      this.#over();
      return recorded;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    if (this.#keeping !== null) await this.#keep().catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    // What cannot be removed now goes with the sweep of the next start.
    if (this.#keeping === null) await rm(this.#path, { force: true }).catch(() => undefined);
    this.#over();
  }

  /** What is there is a part of the hash. Bytes after it were not durable, and are not relied on. */
  async #continue(from: number): Promise<void> {
    await this.#file.truncate(from);
    while (this.#size < from) {
      const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, from - this.#size));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.byteLength, this.#size);
      if (bytesRead === 0) throw new Error('the file of an upload is shorter than it was');
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#size += bytesRead;
    }
    this.#durable = from;
  }

  /** Makes durable what is there, and says so afterwards. */
  async #keep(): Promise<void> {
    if (this.#size !== this.#durable) await this.#makeDurable(() => this.#file.datasync());
  }

  async #makeDurable(flush: () => Promise<void>): Promise<void> {
    const size = this.#size;
    await this.#deps.locks.with(DISK, flush);
    await this.#keeping?.note(size);
    this.#durable = size;
  }

  /** A file with these bytes may be there already. One of another size is damaged, and is replaced. */
  async #place(sha256: string): Promise<void> {
    const path = filePath(this.#deps.dataDir, sha256);
    const found = await stat(path).catch(() => null);
    if (found?.size === this.#size) {
      if (this.#keeping === null) await rm(this.#path);
    } else {
      await makeFolders(dirname(path));
      if (this.#keeping === null) await rename(this.#path, path);
      else await this.#placeKept(path, this.#keeping);
    }
    // Also where the file was there: whoever placed it may have been killed before its name was durable.
    await syncFolder(dirname(path));
  }

  /** It has two names until it is recorded, so that a record which fails costs no byte. */
  async #placeKept(path: string, keeping: Keeping): Promise<void> {
    await rm(path, { force: true });
    try {
      await link(this.#path, path);
    } catch (error) {
      if (!hasNoLinks(error)) throw error;
      await rename(this.#path, path);
      await keeping.forget();
    }
  }

  #over(): void {
    this.#isOver = true;
    this.#deps.onOver(this.#id);
  }
}

const openNew = async (path: string, flags: 'wx' | 'w+'): Promise<FileHandle> => {
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await makeFolders(dirname(path));
  return await open(path, flags, 0o600);
};

/** @throws ParleyError `insufficient_storage`, `unavailable` */
export const storing = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    throw isDiskFull(error) ? noRoomHere(error) : cannotStore(error);
  }
};
