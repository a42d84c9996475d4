import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import type { Clock } from '../net/clock.ts';
import { ApiProblem, isTemporary, problemCode } from '../net/problem.ts';
import type { ResumedUpload } from '../net/resume-upload.ts';
import type { Failure } from '../model/model.ts';
import { sentOf, type PickedFile } from './file-store.ts';
import type { KeptFiles } from './kept-files.ts';
import type { OutgoingAttachment } from './outgoing-attachment.ts';
import type { Preparation } from './prepare-file.ts';
import type { SendingFile } from './sending-file.ts';
import { UploadQueue } from './upload-queue.ts';

export interface FileUploadsDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  /** Rejects with ApiProblem only; with `conflict` if another key is needed. */
  readonly upload: (upload: ResumedUpload) => Promise<AttachmentResource>;
  /** Lets the server forget what it has of an upload that is not complete. */
  readonly forget: (uploadKey: string) => Promise<void>;
  /** Rejects if the file can't be read. */
  readonly prepare: (file: PickedFile) => Promise<Preparation>;
  readonly smallPicture: (bytes: Blob) => Promise<Blob | null>;
  /** Tells the user's other tabs that the files on the device changed. */
  readonly announce: () => void;
  /** A message may have all of its files by now. */
  readonly onUploaded: () => void;
  /** A message can't be sent, because of one of its files. */
  readonly onFailed: (messageId: string, failure: Failure) => void;
}

/** Cancelled uploads of which the server may not know yet; what it is not told of goes after a day. */
const CANCELLED_MAX = 100;

const isImage = (type: string): boolean => type.startsWith('image/');

/** Brings single files to the server: each is prepared, then uploaded, and in the end has an id there. Only one of the tabs works on a file
 *  at a time. */
export class FileUploads {
  readonly #deps: FileUploadsDeps;
  readonly #kept: KeptFiles;
  /** Bytes that the server takes of one file. */
  readonly #maxBytes: () => number;
  readonly #queue: UploadQueue;
  /** Pictures are drawn one at a time, because each takes much memory. */
  #preparing: Promise<unknown> = Promise.resolve();
  #isEnded = false;
  /** Keys of uploads. */
  readonly #cancelled = new Set<string>();

  constructor(deps: FileUploadsDeps, kept: KeptFiles, maxBytes: () => number) {
    this.#deps = deps;
    this.#kept = kept;
    this.#maxBytes = maxBytes;
    this.#queue = new UploadQueue({
      clock: deps.clock,
      random: deps.random,
      run: (key, uploading) => this.#run(key, uploading),
      onRefused: (key, problem) => {
        this.#uploadRefused(key, problem);
      },
    });
  }

  /** The connection was established or lost. */
  connected(online: boolean): void {
    this.#queue.connected(online);
    if (online) for (const uploadKey of this.#cancelled) void this.#forget(uploadKey);
  }

  /** Stops everything, and leaves what is on the device. */
  end(): void {
    this.#isEnded = true;
    this.#queue.stop();
  }

  /** Ends what is under way for a file, at the server too. To be called before the file is removed or gets other bytes. */
  cancel(key: string): void {
    this.#queue.remove(key);
    const { uploadKey = null, upload = null } = this.#kept.of(key)?.row ?? {};
    if (uploadKey === null || upload !== null || this.#cancelled.size >= CANCELLED_MAX) return;
    this.#cancelled.add(uploadKey);
    void this.#forget(uploadKey);
  }

  /** Without a connection, the next one does it. */
  async #forget(uploadKey: string): Promise<void> {
    try {
      await this.#deps.forget(uploadKey);
      this.#cancelled.delete(uploadKey);
    } catch (error) {
      if (!isTemporary(problemCode(error))) this.#cancelled.delete(uploadKey);
    }
  }

  /** Does what is next for a file. */
  begin(file: SendingFile): void {
    if (this.#isEnded || file.isGone) return;
    const isDrawn = file.shown.get().picture !== null;
    if (!file.row.isPrepared || !isDrawn) this.#preparing = this.#preparing.then(() => this.#prepare(file));
    if (file.row.isPrepared && file.row.upload === null) this.#queue.add(file.row.key);
  }

  async #prepare(file: SendingFile): Promise<void> {
    if (this.#isEnded || file.isGone) return;
    if (!file.row.isPrepared) await this.#kept.alone(file, () => this.#prepareAlone(file));
    const { bytes, type } = sentOf(file.row);
    if (file.row.isPrepared && isImage(type)) file.showPicture(await this.#deps.smallPicture(bytes));
  }

  async #prepareAlone(file: SendingFile): Promise<void> {
    // Another tab may have prepared it meanwhile.
    await this.#kept.edit(file, (row) => row);
    if (file.isGone) return;
    if (!file.row.isPrepared) {
      const { original } = file.row;
      const preparation = await this.#deps.prepare(file.row).catch(() => null);
      if (preparation === null) {
        this.refuse(file, 'unreadable');
        return;
      }
      // The user may have changed their mind meanwhile, and then it is prepared again.
      if ((file.isGone as boolean) || file.row.original !== original) return;
      await this.#kept.edit(file, (row) => ({ ...row, ...preparation, isPrepared: true }));
      this.#deps.announce();
    }
    if (this.#isTooLarge(file)) this.refuse(file, 'too-large');
    else this.#queue.add(file.row.key);
  }

  #isTooLarge(file: SendingFile): boolean {
    return sentOf(file.row).bytes.size > this.#maxBytes();
  }

  async #run(key: string, uploading: AbortSignal): Promise<ApiProblem | null> {
    const file = this.#kept.of(key);
    if (file === undefined) return null;
    return await this.#kept.alone(file, async () => {
      // Another tab may have uploaded it meanwhile.
      await this.#kept.edit(file, (row) => row);
      if (uploading.aborted || file.isGone || file.row.upload !== null) return null;
      if (this.#isTooLarge(file)) return new ApiProblem('payload_too_large', 'the server takes less');
      return await this.#upload(file, uploading);
    });
  }

  async #upload(file: SendingFile, uploading: AbortSignal): Promise<ApiProblem | null> {
    const isBegun = file.row.uploadKey !== null;
    const key = file.row.uploadKey ?? this.#deps.newId();
    if (!isBegun) await this.#kept.edit(file, (row) => ({ ...row, uploadKey: key }));
    if (uploading.aborted || file.isGone) return null;
    const { bytes, name, type } = sentOf(file.row);
    // Asked after each wait, during which it may have been aborted.
    const isAborted = (): boolean => uploading.aborted;
    file.show({ state: 'uploading', refusal: null });
    const onProgress = (sent: number): void => {
      if (!isAborted()) file.show({ sent: Math.min(sent, bytes.size) });
    };
    try {
      const { id, sha256 } = await this.#deps.upload({
        ...{ bytes, name, type, key, isBegun, onProgress },
        signal: uploading,
      });
      if (isAborted()) return null;
      const upload = { id, sha256, at: this.#deps.clock.now() };
      await this.#kept.edit(file, (row) => ({ ...row, upload }));
      this.#deps.announce();
      this.#deps.onUploaded();
      return null;
    } catch (error) {
      if (isAborted()) return null;
      const problem = error instanceof ApiProblem ? error : new ApiProblem('internal', String(error));
      // A browser says of a file that it can't read any more what it says of a lost connection.
      if (problem.code === 'offline' && !(await isReadable(bytes))) {
        this.refuse(file, 'unreadable');
        return null;
      }
      file.show({ state: 'waiting', refusal: toldWhileWaiting(problem) });
      if (problem.code !== 'conflict') return problem;
      await this.#kept.edit(file, (row) => ({ ...row, uploadKey: null }));
      return new ApiProblem('unavailable', problem.message, { cause: problem });
    }
  }

  #uploadRefused(key: string, { code }: ApiProblem): void {
    const file = this.#kept.of(key);
    // The session is over. After the next login it is tried again.
    if (file === undefined || code === 'unauthorized') return;
    const isCode = code !== 'offline' && code !== 'timeout';
    this.refuse(file, code === 'payload_too_large' ? 'too-large' : isCode ? code : 'unavailable');
  }

  /** The file will not be taken as it is. */
  refuse(file: SendingFile, refusal: NonNullable<OutgoingAttachment['refusal']>): void {
    if (file.isGone) return;
    file.show({ state: 'refused', sent: 0, refusal });
    this.#kept.changed();
    if (file.messageId === null) return;
    const failure =
      refusal === 'too-large' ? 'payload_too_large' : refusal === 'unreadable' ? 'files_gone' : refusal;
    this.#deps.onFailed(file.messageId, failure);
  }

  /** Uploads a file again that the server may no longer have. */
  async again(file: SendingFile, isRenewed: boolean): Promise<void> {
    await this.#kept.edit(file, (row) => ({ ...row, uploadKey: null, upload: null, isRenewed }));
    this.begin(file);
  }
}

const isReadable = async (bytes: Blob): Promise<boolean> =>
  await bytes
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

/** What keeps a file waiting for long enough that the user wants to know. */
const toldWhileWaiting = ({ code }: ApiProblem): OutgoingAttachment['refusal'] =>
  code === 'insufficient_storage' || code === 'too_many_requests' ? code : null;
