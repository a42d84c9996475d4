import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ATTACHMENTS_FOLDER, filePath } from '../attachments/attachment-folder.ts';
import { syncAttachments } from '../attachments/attachment-tree.ts';

/** The file that is being written. It gets its name when it is complete. */
const PARTIAL = 'partial';

/** Makes the files of attachments in a folder that nobody reads yet. The folder appears with the first of them. */
export class NewAttachmentFiles {
  readonly #dataDir: string;
  readonly #folder: string;
  #file: number | null = null;

  /** `dataDir`: of the database that they belong to. */
  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, ATTACHMENTS_FOLDER);
  }

  begin(): void {
    this.close();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#file = openSync(join(this.#folder, PARTIAL), 'w', 0o600);
  }

  write(bytes: Uint8Array): void {
    if (this.#file === null) throw new Error('no file was begun');
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
  }

  end(sha256: string): void {
    if (this.#file === null) throw new Error('no file was begun');
    fsyncSync(this.#file);
    this.close();
    const path = filePath(this.#dataDir, sha256);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    renameSync(join(this.#folder, PARTIAL), path);
  }

  /** Makes the names of all files durable. */
  finish(): void {
    syncAttachments(this.#dataDir);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}
