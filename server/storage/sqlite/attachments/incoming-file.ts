import { createHash } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParleyError } from '../../../protocol/errors.ts';
import type { IncomingBytes } from '../../attachments/attachment-bytes.ts';
import type { KeyedLock } from '../../attachments/keyed-lock.ts';
import { cannotStore, noRoomHere } from '../../attachments/storing-fault.ts';
import { isDiskFull } from '../../store-error.ts';
import { filePath, incomingPath, makeFolders, syncFolder } from './attachment-folder.ts';

export interface IncomingFileDeps {
  readonly dataDir: string;
  /** By hash. */
  readonly locks: KeyedLock;
  /** The upload is over, whatever became of it. */
  readonly onOver: (id: string) => void;
  /** `record` failed, so that it is not known whether an attachment has this file. */
  readonly onDoubt: (sha256: string) => void;
}

/** An upload that is written to a file of its own, and gets the name of its hash when it is whole. */
export class IncomingFile implements IncomingBytes {
  readonly #deps: IncomingFileDeps;
  readonly #id: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #size = 0;
  #isOver = false;

  private constructor(deps: IncomingFileDeps, id: string, file: FileHandle) {
    this.#deps = deps;
    this.#id = id;
    this.#path = incomingPath(deps.dataDir, id);
    this.#file = file;
  }

  static async open(deps: IncomingFileDeps, id: string): Promise<IncomingFile> {
    const path = incomingPath(deps.dataDir, id);
    return new IncomingFile(deps, id, await storing(() => openNew(path)));
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#size += chunk.byteLength;
    await storing(async () => {
      for (let at = 0; at < chunk.byteLength;) {
        const { bytesWritten } = await this.#file.write(chunk, at);
        at += bytesWritten;
      }
    });
  }

  async finish<T>(
    record: (file: { readonly size: number; readonly sha256: string }) => Promise<T>,
  ): Promise<T> {
    const [size, sha256] = [this.#size, this.#hash.digest('hex')];
    try {
      await storing(async () => {
        await this.#file.sync();
        await this.#file.close();
      });
      return await this.#deps.locks.with(sha256, async () => {
        await storing(() => this.#place(sha256));
        this.#over();
        try {
          return await record({ size, sha256 });
        } catch (error) {
          this.#deps.onDoubt(sha256);
          throw error;
        }
      });
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    await this.#file.close().catch(() => undefined);
    // What cannot be removed now goes with the sweep of the next start.
    await rm(this.#path, { force: true }).catch(() => undefined);
    this.#over();
  }

  /** A file with these bytes may be there already. One of another size is damaged, and is replaced. */
  async #place(sha256: string): Promise<void> {
    const path = filePath(this.#deps.dataDir, sha256);
    const found = await stat(path).catch(() => null);
    if (found?.size === this.#size) await rm(this.#path);
    else {
      await makeFolders(dirname(path));
      await rename(this.#path, path);
    }
    // Also where the file was there: whoever placed it may have been killed before its name was durable.
    await syncFolder(dirname(path));
  }

  #over(): void {
    this.#isOver = true;
    this.#deps.onOver(this.#id);
  }
}

const openNew = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await makeFolders(dirname(path));
  return await open(path, 'wx', 0o600);
};

/** @throws ParleyError `insufficient_storage`, `unavailable` */
const storing = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    throw isDiskFull(error) ? noRoomHere(error) : cannotStore(error);
  }
};
