import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttachmentBytes } from '../storage/attachments/attachment-bytes.ts';
import type { StoredAttachment } from '../storage/attachments/stored-attachment.ts';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';

/** A file that is being written. */
const PARTIAL = '.partial';

export interface ArchivedFilesDeps {
  readonly bytes: Pick<AttachmentBytes, 'read'>;
  /** See `AttachmentReads`. */
  readonly usedFiles: (sha256s: readonly string[]) => Promise<readonly string[]>;
}

/** The files of attachments that retention removes: in a folder beside the archive, each once, named by its hash. The folder appears with the
 *  first of them, for this account only. What is there is whole, so a run that goes on with an archive adds only what is missing. */
export class ArchivedFiles {
  readonly #folder: string;
  readonly #deps: ArchivedFilesDeps;

  constructor(folder: string, deps: ArchivedFilesDeps) {
    this.#folder = folder;
    this.#deps = deps;
  }

  /** Adds the files of these attachments. When this has resolved, they survive a power cut. An attachment that has gone since it was found is
   *  left out. Rejects if the bytes of one are missing or damaged. */
  async add(attachments: readonly StoredAttachment[]): Promise<void> {
    if (attachments.length === 0) return;
    await this.#make();
    for (const attachment of attachments) await this.#addOne(attachment);
    syncFolder(this.#folder);
  }

  /** Removes all of them. */
  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #make(): Promise<void> {
    const made = await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (made === undefined) return;
    syncFolder(dirname(this.#folder));
    syncFolder(dirname(dirname(this.#folder)));
  }

  async #addOne(attachment: StoredAttachment): Promise<void> {
    const { sha256, size } = attachment;
    const path = join(this.#folder, sha256);
    const found = await stat(path).catch(() => null);
    if (found?.size === size) return;
    const pieces = await this.#deps.bytes.read(attachment, { from: 0, to: size });
    if (pieces !== null) {
      await write(`${path}${PARTIAL}`, pieces, attachment);
      await rename(`${path}${PARTIAL}`, path);
    } else if ((await this.#deps.usedFiles([sha256])).length > 0) throw damaged(attachment, 'are missing');
  }
}

const write = async (
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  attachment: StoredAttachment,
): Promise<void> => {
  const hash = createHash('sha256');
  const file = await open(path, 'w', 0o600);
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    if (hash.digest('hex') !== attachment.sha256) throw damaged(attachment, 'have another hash');
    await file.sync();
  } finally {
    await file.close();
  }
};

const damaged = ({ id, name }: StoredAttachment, what: string): Error =>
  new Error(
    `the bytes of the attachment ${id} (${JSON.stringify(name)}) ${what}: nothing of its message is removed`,
  );
