import { mkdirSync } from 'node:fs';
import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fileTime } from '../protocol/rfc3339.ts';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';
import type { ExpiredMessage } from '../storage/reads.ts';
import { lineOf, type ExportRecord } from '../storage/transfer/export-record.ts';
import { ArchivedFiles, type ArchivedFilesDeps } from './archived-files.ts';

/** The folder of the data directory that archives are in. */
const ARCHIVE_FOLDER = 'archive';
/** An archive that messages are being added to, or were when a run was broken off. */
const PARTIAL = '.partial';

/** The name of the archive of a run that begins now. Two runs have two names, on whichever hosts. */
export const archiveName = (at: number, run: string): string =>
  `messages-${fileTime(at)}-${run.slice(-8)}.jsonl`;

/** Messages that retention removes, as lines in the form of an export. The file appears with the first of them, readable for this account
 *  only, and gets its final name once the run has ended. The files of their attachments are in a folder with the same name. */
export class RetentionArchive {
  readonly #folder: string;
  readonly #files: ArchivedFilesDeps;
  #name: string;
  #file: FileHandle | null = null;
  #bytes = 0;

  private constructor(folder: string, name: string, files: ArchivedFilesDeps) {
    this.#folder = folder;
    this.#files = files;
    this.#name = name;
  }

  /** Goes on with the archive of a run that was broken off, if it is here: what it holds beyond `bytes` is still in the store, and is cut
   *  off. Otherwise begins the archive `fresh` with the first message. */
  static async open(
    { dataDir, files }: { readonly dataDir: string; readonly files: ArchivedFilesDeps },
    { file, bytes }: { readonly file: string; readonly bytes: number },
    fresh: string,
  ): Promise<RetentionArchive> {
    const archive = new RetentionArchive(join(dataDir, ARCHIVE_FOLDER), file, files);
    const found = await stat(archive.#partial).catch(() => null);
    if (found !== null && found.size >= bytes) {
      archive.#file = await open(archive.#partial, 'r+');
      try {
        await archive.cutTo(bytes);
      } catch (error) {
        await archive.close();
        throw error;
      }
    } else archive.#name = fresh;
    return archive;
  }

  get file(): string {
    return this.#name;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Where it is once the run has ended. */
  get path(): string {
    return join(this.#folder, this.#name);
  }

  get #partial(): string {
    return this.path + PARTIAL;
  }

  get #attachments(): ArchivedFiles {
    return new ArchivedFiles(this.path.replace(/\.jsonl$/, ''), this.#files);
  }

  /** Adds messages, and the files of their attachments. When this has resolved, they survive a power cut. */
  async add(messages: readonly ExpiredMessage[]): Promise<void> {
    await this.#attachments.add(messages.flatMap(({ attachments }) => attachments));
    const text = messages
      .flatMap(recordsOf)
      .map((record) => `${lineOf(record)}\n`)
      .join('');
    const file = (this.#file ??= await this.#create());
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await file.write(
        bytes,
        written,
        bytes.length - written,
        this.#bytes + written,
      );
      written += bytesWritten;
    }
    await file.sync();
    this.#bytes += bytes.length;
  }

  /** Takes back what was added beyond `bytes`. */
  async cutTo(bytes: number): Promise<void> {
    await this.#file?.truncate(bytes);
    await this.#file?.sync();
    this.#bytes = bytes;
  }

  /** Leaves the file as it is, for a run that goes on with it. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  /** Gives the file its name. Returns its path, or null if there was no message. */
  async finish(): Promise<string | null> {
    if (this.#file === null) return null;
    await this.close();
    if (this.#bytes === 0) {
      await unlink(this.#partial);
      await this.#attachments.remove();
      return null;
    }
    await rename(this.#partial, this.path);
    syncFolder(this.#folder);
    return this.path;
  }

  async #create(): Promise<FileHandle> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = await open(this.#partial, 'wx', 0o600);
    syncFolder(this.#folder);
    return file;
  }
}

/** The reactions follow their message, and then its attachments. */
const recordsOf = (message: ExpiredMessage): readonly ExportRecord[] => [
  {
    type: 'message',
    id: message.id,
    conversation_id: message.conversationId,
    seq: message.seq,
    sender_id: message.senderId,
    sender_cursor: message.senderCursor,
    recipient_cursor: message.recipientCursor,
    sent_at: message.sentAt,
    content: message.content,
    reply_to: message.replyTo === null ? null : { message_id: message.replyTo.id, seq: message.replyTo.seq },
    attachments: [...message.attachmentIds],
  },
  ...message.reactions.map(({ userId, emoji, at, cursor, peerCursor }, n): ExportRecord => ({
    type: 'reaction',
    conversation_id: message.conversationId,
    seq: message.seq,
    number: n + 1,
    user_id: userId,
    emoji,
    at,
    cursor,
    peer_cursor: peerCursor,
  })),
  ...message.attachments.map(({ id, name, type, size, sha256, at, position }): ExportRecord => ({
    type: 'attachment',
    id,
    user_id: message.senderId,
    name,
    media_type: type,
    size,
    sha256,
    at,
    conversation_id: message.conversationId,
    seq: message.seq,
    position,
  })),
];
