import { ERROR_CODES, codeOf, ParleyError, type ErrorCode } from '../../protocol/errors.ts';
import type { AttachmentBytes, IncomingBytes } from '../../storage/attachments/attachment-bytes.ts';
import { UNSENT_ATTACHMENTS_MAX } from '../../protocol/limits.ts';
import { checkContinues, uploadId } from '../../storage/attachments/kept-upload.ts';
import { noRoomHere } from '../../storage/attachments/storing-fault.ts';
import type { StoredAttachment } from '../../storage/attachments/stored-attachment.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import type { Queries } from '../../storage/reads.ts';
import type { Ids } from '../../runtime/ids.ts';
import { SessionWatch, type SessionWatchDeps } from '../auth/session-watch.ts';
import type { ReceivedBody } from '../http/received-body.ts';
import { fullBelow, type DiskFigures } from '../ops/disk-watch.ts';
import { UploadTurns } from './upload-turns.ts';

/** Uploads of one user, and of all of them, that are under way at this host [G8]. */
const UPLOADS_PER_USER = 10;
const UPLOADS_MAX = 64;
/** Seconds after which a refused upload may be tried again. */
const RETRY_S = 5;
/** This many times what counts as a full disk stays free for messages. */
const SPARE = 2;

export interface UploadsDeps extends SessionWatchDeps {
  readonly queries: Pick<Queries, 'session' | 'uploaded'>;
  readonly bytes: AttachmentBytes;
  readonly ids: Ids;
  /** Looks at the disk that the bytes are written to; null if it is not this host's, or cannot be looked at. */
  readonly disk: () => Promise<DiskFigures | null>;
}

export interface UploadFigures {
  readonly running: number;
  /** Taken in; also of uploads that stored nothing. */
  readonly bytes: number;
  readonly ended: Readonly<Record<'stored' | ErrorCode, number>>;
}

/** What the head says of a file. `size`: in bytes. */
export type NamedFile = Pick<StoredAttachment, 'name' | 'type' | 'size'>;

/** What the head says of an upload that can be continued: its key, and from which byte of the file its body is. */
export interface UploadPart {
  readonly key: string;
  readonly from: number;
}

/** What there is of such an upload. `attachment`: null until it is complete. */
export interface UploadProgress {
  readonly received: number;
  readonly size: number;
  readonly attachment: StoredAttachment | null;
}

type Uploader = Pick<Identity, 'userId' | 'sessionId'>;

/** A file that a user sends. `part`: null if nothing of it stays when it is broken off. */
export interface SentUpload {
  readonly file: NamedFile;
  readonly part: UploadPart | null;
  readonly body: ReceivedBody;
  /** Stores the attachment, once its bytes are durable. */
  readonly record: (attachment: StoredAttachment) => Promise<void>;
}

/** The uploads that run on this host. */
export class Uploads {
  readonly #deps: UploadsDeps;
  readonly #running = new Set<RunningUpload>();
  readonly #turns = new UploadTurns();
  readonly #ended = Object.fromEntries(
    (['stored', ...ERROR_CODES] as const).map((each) => [each, 0]),
  ) as Record<'stored' | ErrorCode, number>;
  #bytes = 0;
  #isStopping = false;

  constructor(deps: UploadsDeps) {
    this.#deps = deps;
  }

  get figures(): UploadFigures {
    return { running: this.#running.size, bytes: this.#bytes, ended: { ...this.#ended } };
  }

  /** Takes in the bytes of one file, or the rest of them. Rejects with a ParleyError, also if the session ends meanwhile; then no attachment is
   *  stored, unless `record` has failed in a way that leaves that open [G2] [G8]. An upload with a key keeps what has come, and one that was
   *  completed before resolves with its attachment, whatever the body is [G9]. */
  async take(who: Uploader, sent: SentUpload): Promise<StoredAttachment> {
    try {
      const attachment = await this.#within(who, sent);
      this.#ended.stored += 1;
      return attachment;
    } catch (error) {
      this.#ended[codeOf(error)] += 1;
      throw error;
    }
  }

  /** What there is of an upload with a key; null if nothing is known of it. Ends a request that still brings bytes of it: whoever asks where to
   *  go on does not rely on that one any more [G9]. */
  async progress(userId: string, key: string): Promise<UploadProgress | null> {
    const id = uploadId(userId, key);
    return await this.#turns.of(id, null, async () => {
      const { attachment } = await this.#deps.queries.uploaded(userId, id);
      if (attachment !== null) return { received: attachment.size, size: attachment.size, attachment };
      const kept = await this.#deps.bytes.kept(id);
      return kept && { received: kept.received, size: kept.size, attachment };
    });
  }

  /** Ends and forgets an upload with a key; one that is complete stays. */
  async forget(userId: string, key: string): Promise<void> {
    const id = uploadId(userId, key);
    await this.#turns.of(id, null, () => this.#deps.bytes.forget(id));
  }

  /** Takes in no further ones: this host is to be left. */
  refuse(): void {
    this.#isStopping = true;
  }

  /** Ends those whose bytes have not all come. */
  stop(): void {
    this.refuse();
    for (const each of this.#running) each.body.refuse(stopping());
  }

  async #within(who: Uploader, sent: SentUpload): Promise<StoredAttachment> {
    const { userId } = who;
    const { file, part, body } = sent;
    this.#check(userId);
    const upload: RunningUpload = { userId, body, left: file.size - (part?.from ?? 0) };
    this.#running.add(upload);
    const session = new SessionWatch(this.#deps, who.sessionId, () => {
      body.refuse(sessionEnded());
    });
    try {
      if (part === null) return await this.#receive(upload, session, sent, this.#deps.ids.next());
      const id = uploadId(userId, part.key);
      return await this.#turns.of(id, body, () => this.#receive(upload, session, sent, id));
    } finally {
      session.stop();
      this.#running.delete(upload);
    }
  }

  async #receive(
    upload: RunningUpload,
    session: SessionWatch,
    { file, part, record }: SentUpload,
    id: string,
  ): Promise<StoredAttachment> {
    const { userId } = upload;
    const { attachment: complete, unsent } = await this.#deps.queries.uploaded(userId, id);
    if (complete !== null) return sameFile(complete, file);
    const continued = part && { userId, name: file.name, type: file.type, from: part.from };
    const kept = continued && (await this.#deps.bytes.kept(id));
    if (continued !== null) checkContinues(kept, continued, file.size);
    if (kept === null) await this.#checkBound(userId, unsent);
    await this.#checkRoom();
    const incoming = await this.#deps.bytes.receive(id, file.size, continued ?? undefined);
    await this.#write(upload, incoming);
    return await incoming.finish(async ({ size, sha256 }) => {
      if (!(await session.isThere())) throw sessionEnded();
      const attachment = { ...file, id, size, sha256 };
      await record(attachment);
      return attachment;
    });
  }

  /** Of files that are not sent and uploads that are not complete. Those that begin at the same moment may be a few more [G6] [G9]. */
  async #checkBound(userId: string, unsent: number): Promise<void> {
    if (unsent + (await this.#deps.bytes.keptOf(userId)) >= UNSENT_ATTACHMENTS_MAX) throw tooManyUnsent();
  }

  #check(userId: string): void {
    if (this.#isStopping) throw stopping();
    const own = [...this.#running].filter((each) => each.userId === userId).length;
    if (own >= UPLOADS_PER_USER) throw busy('too_many_requests', 'Too many of your uploads are under way.');
    if (this.#running.size >= UPLOADS_MAX) throw busy('unavailable', 'Too many uploads are under way.');
  }

  /** For what is still to come of all uploads, this one included. */
  async #checkRoom(): Promise<void> {
    const figures = await this.#deps.disk();
    if (figures === null) return;
    const toCome = [...this.#running].reduce((sum, { left }) => sum + left, 0);
    if (figures.freeBytes - toCome < SPARE * fullBelow(figures.totalBytes)) throw noRoomHere();
  }

  async #write(upload: RunningUpload, incoming: IncomingBytes): Promise<void> {
    try {
      for await (const piece of upload.body.pieces()) {
        await incoming.write(piece);
        upload.left -= piece.byteLength;
        this.#bytes += piece.byteLength;
      }
      if (upload.left !== 0)
        throw new ParleyError('bad_request', 'The body has not the size that its head says.');
    } catch (error) {
      await incoming.abort();
      throw error;
    }
  }
}

interface RunningUpload {
  readonly userId: string;
  readonly body: ReceivedBody;
  /** Bytes that are still to come. */
  left: number;
}

/** A repeat of an upload that is complete gets the same answer. */
const sameFile = (complete: StoredAttachment, { name, type, size }: NamedFile): StoredAttachment => {
  if (complete.name === name && complete.type === type && complete.size === size) return complete;
  throw new ParleyError('conflict', 'This key is that of another file.', { received: complete.size });
};

export const tooManyUnsent = (): ParleyError =>
  new ParleyError(
    'too_many_requests',
    `At most ${String(UNSENT_ATTACHMENTS_MAX)} files can wait to be sent. Send some of them first.`,
    { retryAfterS: 3600 },
  );
const busy = (code: 'too_many_requests' | 'unavailable', detail: string): ParleyError =>
  new ParleyError(code, detail, { retryAfterS: RETRY_S });
const stopping = (): ParleyError =>
  new ParleyError('unavailable', 'The server is stopping.', { retryAfterS: 2 });
const sessionEnded = (): ParleyError => new ParleyError('unauthorized', 'This session has ended.');
