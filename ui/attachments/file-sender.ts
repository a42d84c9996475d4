import { UNSENT_ATTACHMENT_KEPT_MS, UNSENT_ATTACHMENTS_MAX } from '../../server/protocol/limits.ts';
import type { Timer } from '../net/clock.ts';
import { isTemporary, problemCode } from '../net/problem.ts';
import { signal, type Signal } from '../model/signal.ts';
import type { UploadedFile } from '../model/uploaded.ts';
import type { CarriedFile } from '../outbox/outbox.ts';
import { sentOf } from './file-store.ts';
import { FileUploads, type FileUploadsDeps } from './file-uploads.ts';
import { KeptFiles, type KeptFilesDeps } from './kept-files.ts';
import type { OutgoingAttachment } from './outgoing-attachment.ts';
import type { FileLimits, OutgoingFiles } from './outgoing-files.ts';
import { sendableName } from './sendable-name.ts';
import { SendingFile } from './sending-file.ts';

export interface FileSenderDeps extends KeptFilesDeps, FileUploadsDeps {
  /** What the server takes; null if it takes no files. Rejects with ApiProblem. */
  readonly limits: () => Promise<FileLimits | null>;
  /** Where that is kept between starts. */
  readonly known: { read(): FileLimits | null; write(limits: FileLimits | null): void };
  /** The server has a message whose files were not all uploaded when the user sent it here. */
  readonly onSent: (files: number) => void;
}

/** Bytes of a picture that is drawn anew. What comes of it is much smaller. */
const PICTURE_MAX_BYTES = 256 * 1024 * 1024;
/** A file that is older at the server is not relied on: it may be gone when its message arrives there [G6]. */
const RELIED_ON_MS = UNSENT_ATTACHMENT_KEPT_MS - 3_600_000;

/** The server is asked again for what it takes after so many milliseconds, if it did not answer. */
const ASK_AGAIN_MS = 15_000;

const isImage = (type: string): boolean => type.startsWith('image/');

/** Brings files to the server, from picking one until the server has its message. Each file is prepared, kept on the device, and uploaded at
 *  once; its message goes when all of its files are there. */
export class FileSender implements OutgoingFiles {
  /** As it was known last, until the server has answered. */
  readonly limits: Signal.State<FileLimits | null>;
  /** Whether the server has said that it takes no files. */
  readonly takesNone = signal(false);
  readonly #deps: FileSenderDeps;
  readonly #kept: KeptFiles;
  readonly #uploads: FileUploads;
  /** Messages of which a file is looked for in other tabs. */
  readonly #searched = new Set<string>();
  /** Messages that wait for their files since the user sent them in this tab. */
  readonly #awaited = new Set<string>();
  #asking: Timer | null = null;
  #isOnline = false;
  #isEnded = false;

  constructor(deps: FileSenderDeps) {
    this.#deps = deps;
    this.limits = signal(deps.known.read());
    this.#kept = new KeptFiles(deps);
    this.#uploads = new FileUploads(deps, this.#kept, () => this.limits.get()?.maxBytes ?? Infinity);
  }

  outgoing(key: string): OutgoingAttachment | undefined {
    this.#kept.changes.get();
    return this.#kept.of(key)?.shown.get();
  }

  drafted(conversationId: string): readonly OutgoingAttachment[] {
    this.#kept.changes.get();
    return this.#kept.inDraft(conversationId).map(({ shown }) => shown.get());
  }

  draftState(conversationId: string): 'none' | 'sendable' | 'refused' {
    this.#kept.changes.get();
    const files = this.#kept.inDraft(conversationId);
    if (files.length === 0) return 'none';
    return files.some(({ state }) => state === 'refused') ? 'refused' : 'sendable';
  }

  isOnlyHere(conversationId: string): boolean {
    this.#kept.changes.get();
    return this.#kept.inDraft(conversationId).some(({ row }) => this.#kept.isOnlyHere(row.key));
  }

  /** By conversation: the names of the files of its draft. */
  get draftNames(): ReadonlyMap<string, readonly string[]> {
    this.#kept.changes.get();
    const names = new Map<string, string[]>();
    for (const { messageId, row } of this.#kept.all)
      if (messageId === null)
        names.set(row.conversationId, [...(names.get(row.conversationId) ?? []), sentOf(row).name]);
    return names;
  }

  /** Takes over what the device has, from before a reload and from other tabs. */
  async follow(): Promise<void> {
    for (const file of await this.#kept.follow()) this.#uploads.begin(file);
    this.#deps.onUploaded();
  }

  /** The connection was established or lost. */
  connected(online: boolean): void {
    this.#isOnline = online;
    this.#uploads.connected(online);
    if (!online) return;
    void this.#learnLimits();
    if (!this.#kept.isRead) void this.follow();
  }

  /** What was known stays in use until the server has answered. */
  async #learnLimits(): Promise<void> {
    try {
      const limits = await this.#deps.limits();
      this.limits.set(limits);
      this.takesNone.set(limits === null);
      // After a logout nothing is left behind.
      if (!this.#isEnded) this.#deps.known.write(limits);
    } catch (error) {
      if (!isTemporary(problemCode(error))) return;
      this.#asking?.cancel();
      this.#asking = this.#deps.clock.after(ASK_AGAIN_MS, () => {
        if (this.#isOnline) void this.#learnLimits();
      });
    }
  }

  /** Stops everything, and leaves what is on the device. */
  end(): void {
    this.#isEnded = true;
    this.#isOnline = false;
    this.#asking?.cancel();
    this.#uploads.end();
    this.#kept.stop();
  }

  /** Adds files to the draft of a conversation. Returns how many were left out, because a message takes no more. */
  attach(conversationId: string, files: readonly File[]): number {
    const { perMessage = 0 } = this.limits.get() ?? {};
    const room = Math.min(
      perMessage - this.#kept.inDraft(conversationId).length,
      UNSENT_ATTACHMENTS_MAX - this.#kept.all.length,
    );
    const taken = files.slice(0, Math.max(0, room));
    for (const file of taken) this.#attach(conversationId, file);
    return files.length - taken.length;
  }

  /** The user no longer wants to send a file. */
  async detach(key: string): Promise<void> {
    const file = this.#kept.of(key);
    if (file === undefined) return;
    this.#uploads.cancel(key);
    await this.#kept.remove([file]);
    this.#deps.announce();
  }

  /** Tries a refused file again. */
  retry(key: string): void {
    const file = this.#kept.of(key);
    if (file?.state !== 'refused') return;
    file.show({ state: file.row.isPrepared ? 'waiting' : 'preparing', sent: 0, refusal: null });
    this.#kept.changed();
    this.#uploads.begin(file);
  }

  /** Sends a picture as it is, or drawn anew. What was uploaded of it until now is not sent. */
  async sendOriginal(key: string, original: boolean): Promise<void> {
    const file = this.#kept.of(key);
    if (file === undefined || file.row.original === null || file.row.original === original) return;
    this.#uploads.cancel(key);
    const anew = { original, prepared: null, isPrepared: false, uploadKey: null, upload: null };
    await this.#kept.edit(file, (row) => ({ ...row, ...anew }));
    file.show({ state: 'preparing', sent: 0, refusal: null });
    this.#kept.changed();
    this.#uploads.begin(file);
  }

  /** The files of the draft become those of a message. */
  take(conversationId: string, messageId: string): readonly CarriedFile[] {
    const files = this.#kept.inDraft(conversationId).filter(({ state }) => state !== 'refused');
    for (const file of files) file.takenBy = messageId;
    if (files.some(({ row }) => row.upload === null)) this.#awaited.add(messageId);
    if (files.length > 0) this.#kept.changed();
    return files.map(({ row }) => {
      const { name, type, bytes } = sentOf(row);
      return { key: row.key, name, type, size: bytes.size };
    });
  }

  /** To be called when the outbox has the message; `isStored`: on the device. Resolves with the keys that another message got first, in
   *  another tab. */
  async claim(messageId: string, isStored: boolean): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const file of this.#kept.ofMessage(messageId)) {
      if (isStored)
        await this.#kept.edit(file, (row) => (row.messageId === null ? { ...row, messageId } : row));
      if (file.isGone || (file.row.messageId !== null && file.row.messageId !== messageId)) {
        lost.push(file.row.key);
        file.takenBy = null;
      } else file.isClaimed = true;
    }
    this.#deps.announce();
    return lost;
  }

  /** The ids under which the server has the files of a message, in their order; null as long as it does not have all of them. */
  idsOf(messageId: string, carried: readonly CarriedFile[]): readonly string[] | null {
    const files = carried.map(({ key }) => this.#kept.of(key));
    if (files.some((file) => file?.isOf(messageId) !== true)) {
      void this.#search(messageId, carried);
      return null;
    }
    const ids = files.flatMap((file) => this.#idOf(file) ?? []);
    return ids.length === carried.length ? ids : null;
  }

  /** The server refused a message with files. Perhaps it no longer has one of them: they are uploaded again, once. Returns whether they are. */
  async renew(messageId: string): Promise<boolean> {
    const files = this.#kept.ofMessage(messageId).filter(({ row }) => !row.isRenewed);
    for (const file of files) await this.#uploads.again(file, true);
    return files.length > 0;
  }

  /** A message that could not be sent is sent again. */
  async again(messageId: string): Promise<void> {
    for (const file of this.#kept.ofMessage(messageId))
      if (file.state === 'refused') this.retry(file.row.key);
      else if (file.row.isRenewed) await this.#uploads.again(file, false);
  }

  /** By key: what the server made of the files of a message. */
  uploadsOf(messageId: string): ReadonlyMap<string, UploadedFile> {
    const files = this.#kept.ofMessage(messageId);
    return new Map(
      files.flatMap(({ row: { key, upload } }) =>
        upload === null ? [] : [[key, { id: upload.id, sha256: upload.sha256 }] as const],
      ),
    );
  }

  /** The server has the message (`isSent`), or it was discarded. */
  async done(messageId: string, isSent = false): Promise<void> {
    const files = this.#kept.ofMessage(messageId);
    if (this.#awaited.delete(messageId) && isSent) this.#deps.onSent(files.length);
    await this.#forget(files);
  }

  /** The conversation is gone, and its draft with it. */
  async drop(conversationId: string): Promise<void> {
    await this.#forget(this.#kept.inDraft(conversationId));
  }

  /** Moves the files of a draft to another conversation. */
  async move(from: string, to: string): Promise<void> {
    for (const file of this.#kept.inDraft(from))
      await this.#kept.edit(file, (row) => ({ ...row, conversationId: to }));
    this.#kept.changed();
  }

  #attach(conversationId: string, picked: File): void {
    const type = picked.type || 'application/octet-stream';
    const file = new SendingFile(
      {
        key: this.#deps.newId(),
        order: Math.max(0, ...this.#kept.all.map(({ row }) => row.order)) + 1,
        conversationId,
        messageId: null,
        picked: { bytes: picked, name: sendableName(picked.name), type },
        prepared: null,
        isPrepared: false,
        uploadKey: null,
        original: null,
        upload: null,
        isRenewed: false,
      },
      false,
    );
    const most = isImage(type) ? PICTURE_MAX_BYTES : (this.limits.get()?.maxBytes ?? 0);
    if (picked.size > most) {
      // The device is not asked to keep what will never be sent.
      this.#kept.show(file);
      this.#uploads.refuse(file, 'too-large');
      return;
    }
    void this.#kept.add(file).then(() => {
      this.#deps.announce();
      this.#uploads.begin(file);
    });
  }

  /** Null if the server does not have the file, or not for long any more. */
  #idOf(file: SendingFile | undefined): string | null {
    const upload = file?.row.upload ?? null;
    if (file === undefined || upload === null) return null;
    if (this.#deps.clock.now() - upload.at < RELIED_ON_MS) return upload.id;
    void this.#uploads.again(file, file.row.isRenewed);
    return null;
  }

  async #forget(files: readonly SendingFile[]): Promise<void> {
    if (files.length === 0) return;
    for (const { row } of files) this.#uploads.cancel(row.key);
    await this.#kept.remove(files);
    this.#deps.announce();
  }

  /** Looks for the files of a message that this tab does not know. Another tab may have them, alone or on the device. */
  async #search(messageId: string, carried: readonly CarriedFile[]): Promise<void> {
    if (this.#searched.has(messageId) || !this.#kept.isRead) return;
    this.#searched.add(messageId);
    await this.follow();
    let isLost = false;
    for (const { key } of carried) {
      const file = this.#kept.of(key);
      if (file === undefined) isLost ||= await this.#kept.isLost(key);
      else if (file.row.messageId !== null && file.row.messageId !== messageId) isLost = true;
    }
    this.#searched.delete(messageId);
    if (this.#isEnded) return;
    if (isLost) this.#deps.onFailed(messageId, 'files_gone');
    else if (carried.every(({ key }) => this.#kept.of(key)?.isOf(messageId) === true))
      this.#deps.onUploaded();
  }
}
