import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileUse } from '../../attachments/file-use.ts';
import type { KeyedLock } from '../../attachments/keyed-lock.ts';
import { uploadOf } from './kept-uploads.ts';
import { ATTACHMENTS_FOLDER, filePath, incomingFolder, isFileFolder, isFileOf } from './attachment-folder.ts';

/** Hashes in one question to the store. */
const PAGE = 500;
/** Hashes that are looked at again in a later sweep; those beyond it are found at the next start. */
const DOUBTED_MAX = 1_024;

export interface FileSweepDeps {
  readonly dataDir: string;
  readonly use: FileUse;
  /** By hash: a file is removed while no upload can take it into use. */
  readonly locks: KeyedLock;
  /** Whether this upload is being taken in now, or is kept. */
  readonly isIncoming: (id: string) => Promise<boolean>;
  /** Removes uploads that are kept for no longer. Resolves with how many. */
  readonly removeStale: () => Promise<number>;
}

/** Removes files that no attachment has: those that the store names, and once after the start whatever else is there. */
export class FileSweep {
  readonly #deps: FileSweepDeps;
  /** To be looked at in this sweep, and in the next one. */
  #due = new Set<string>();
  #later = new Set<string>();
  #hasLookedAtAll = false;
  #isStopped = false;
  #holds = 0;
  #running: Promise<number> | null = null;

  constructor(deps: FileSweepDeps) {
    this.#deps = deps;
  }

  /** Looks at this file in a sweep after the next one: by then it is known whether an attachment has it. */
  doubt(sha256: string): void {
    if (this.#later.size < DOUBTED_MAX) this.#later.add(sha256);
  }

  /** Until the returned function is called, nothing is removed. */
  hold(): () => void {
    let isHeld = true;
    this.#holds += 1;
    return () => {
      if (isHeld) this.#holds -= 1;
      isHeld = false;
    };
  }

  run(): Promise<number> {
    if (this.#holds > 0) return Promise.resolve(0);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running?.catch(() => undefined);
  }

  async #run(): Promise<number> {
    let removed = 0;
    if (!this.#hasLookedAtAll) {
      removed += await this.#removeIncoming();
      removed += await this.#removeUnused();
      this.#hasLookedAtAll = !this.#isStopped;
    }
    removed += await this.#deps.removeStale();
    removed += await this.#removeNamed();
    removed += await this.#removeDue();
    this.#due = this.#later;
    this.#later = new Set();
    return removed;
  }

  /** Uploads that were under way when the process ended. */
  async #removeIncoming(): Promise<number> {
    const folder = incomingFolder(this.#deps.dataDir);
    const left = new Set<string>();
    for (const name of await namesIn(folder)) {
      if (await this.#deps.isIncoming(uploadOf(name))) continue;
      await rm(join(folder, name), { force: true, recursive: true });
      left.add(uploadOf(name));
    }
    return left.size;
  }

  /** Files whose attachment was not recorded, or had gone, when the process ended. */
  async #removeUnused(): Promise<number> {
    const folder = join(this.#deps.dataDir, ATTACHMENTS_FOLDER);
    let removed = 0;
    for (const name of (await namesIn(folder)).filter(isFileFolder)) {
      const files = (await namesIn(join(folder, name))).filter((each) => isFileOf(name, each));
      for (let at = 0; at < files.length && !this.#isStopped; at += PAGE)
        removed += await this.#removeOf(files.slice(at, at + PAGE));
    }
    return removed;
  }

  /** The store forgets a file before it is looked at. The other way round, it would also forget that the file has come into use and lost its
   *  last attachment meanwhile. Whatever fails is tried again. After a crash, and when the store's answer is lost, all files are looked at. */
  async #removeNamed(): Promise<number> {
    let removed = 0;
    while (!this.#isStopped) {
      const named = await this.#takeNamed();
      for (const sha256 of named) this.#due.add(sha256);
      removed += await this.#removeDue();
      if (named.length < PAGE) break;
    }
    return removed;
  }

  async #takeNamed(): Promise<readonly string[]> {
    try {
      return await this.#deps.use.takeRemovedFiles(PAGE);
    } catch (error) {
      this.#hasLookedAtAll = false;
      throw error;
    }
  }

  async #removeDue(): Promise<number> {
    const due = [...this.#due];
    const removed = await this.#removeOf(due);
    for (const sha256 of due) this.#due.delete(sha256);
    return removed;
  }

  async #removeOf(sha256s: readonly string[]): Promise<number> {
    if (sha256s.length === 0) return 0;
    const used = new Set(await this.#deps.use.usedFiles(sha256s));
    let removed = 0;
    for (const sha256 of sha256s) if (!used.has(sha256)) removed += await this.#removeUnderLock(sha256);
    return removed;
  }

  /** An upload of the same bytes may have come in since the page was asked for. */
  #removeUnderLock(sha256: string): Promise<number> {
    return this.#deps.locks.with(sha256, async () => {
      const used = await this.#deps.use.usedFiles([sha256]);
      if (used.length > 0) return 0;
      if (this.#holds > 0) {
        this.doubt(sha256);
        return 0;
      }
      return await removeFile(filePath(this.#deps.dataDir, sha256));
    });
  }
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/** 1: removed; 0: it had gone. */
const removeFile = async (path: string): Promise<number> => {
  try {
    await rm(path);
    return 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
};
