import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { ParleyError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isDiskFull, StoreError } from '../store-error.ts';
import { syncFolder } from './files/file-state.ts';

/** Pages of one step: 256 KiB, which takes well under a millisecond on a machine that is not overloaded. */
const STEP_PAGES = 64;
/** Bytes after which what was copied is synced from another thread. Without this, SQLite would sync the whole copy at its end, on the
 *  thread of the writer. */
const SYNC_BYTES = 16 * 1024 * 1024;

export interface CopiedDatabase {
  readonly bytes: number;
  /** Milliseconds of the longest time for which the copying held its thread. */
  readonly longestStepMs: number;
}

/** Copies the database of an open connection to a new file at `path`, page by page, while the connection goes on writing. The copy is
 *  one moment of the database: the one at which the last page was copied. It therefore holds every commit made before the call. If
 *  this is the connection that writes, its own commits go into the copy too; those of another connection would make the copying begin
 *  again. When the promise resolves, the copy is synced.
 *  @throws the error of SQLite or of the system, for example when the disk is full; part of the copy may then be at `path` */
export const copyDatabase = async (
  db: Pick<Database.Database, 'backup'>,
  path: string,
  clock: Clock,
  cancelled?: AbortSignal,
): Promise<CopiedDatabase> => {
  const pace = new Pace(path, clock);
  try {
    await db.backup(path, {
      progress: (progress) => {
        cancelled?.throwIfAborted();
        return pace.next(progress);
      },
    });
    pace.stepEnded();
    return { bytes: syncWhole(path), longestStepMs: pace.longestStepMs };
  } finally {
    await pace.end();
  }
};

/** Why a copy could not be made, in a sentence for the operator. */
export const copyFault = (error: unknown): ParleyError => {
  if (error instanceof DOMException && error.name === 'AbortError')
    return new ParleyError(
      'unavailable',
      'The server stops. Make the backup again when it runs or has stopped.',
    );
  if (error instanceof StoreError) return new ParleyError('bad_request', error.message);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const detail = isDiskFull(error)
    ? 'The disk that holds the data directory is full, and a backup first needs a copy of the database there.'
    : `The database could not be copied (${code === '' ? String(error) : code}).`;
  return new ParleyError('unavailable', detail, { retryAfterS: 60, cause: error });
};

/** Decides how many pages are copied in the next turn of the event loop: none while the copied ones are being synced. */
class Pace {
  readonly #path: string;
  readonly #clock: Clock;
  #file: FileHandle | undefined;
  #syncing = false;
  #syncedLast = false;
  #unsynced = 0;
  #fault: Error | undefined;
  #stepBegan: number | undefined;
  longestStepMs = 0;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  next({ remainingPages }: { readonly remainingPages: number }): number {
    this.stepEnded();
    // better-sqlite3 schedules the next step right after this, so nothing runs between the two callbacks.
    setImmediate(() => {
      this.#stepBegan = this.#clock.monotonic();
    });
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#syncing) return 0;
    const isLast = remainingPages <= STEP_PAGES;
    if (this.#unsynced >= SYNC_BYTES || (isLast && !this.#syncedLast)) {
      this.#syncedLast = isLast;
      void this.#sync();
      return 0;
    }
    this.#unsynced += STEP_PAGES * 4096;
    return STEP_PAGES;
  }

  stepEnded(): void {
    if (this.#stepBegan === undefined) return;
    this.longestStepMs = Math.max(this.longestStepMs, this.#clock.monotonic() - this.#stepBegan);
    this.#stepBegan = undefined;
  }

  async end(): Promise<void> {
    await this.#file?.close();
  }

  async #sync(): Promise<void> {
    this.#syncing = true;
    try {
      this.#file ??= await open(this.#path, 'r+');
      await this.#file.datasync();
      this.#unsynced = 0;
    } catch (error) {
      this.#fault = error as Error;
    } finally {
      this.#syncing = false;
    }
  }
}

/** Returns the size in bytes. Little is left to sync here. */
const syncWhole = (path: string): number => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
  return statSync(path).size;
};
