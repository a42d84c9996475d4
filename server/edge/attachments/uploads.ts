import { ERROR_CODES, codeOf, ParleyError, type ErrorCode } from '../../protocol/errors.ts';
import type { AttachmentBytes, IncomingBytes } from '../../storage/attachments/attachment-bytes.ts';
import { noRoomHere } from '../../storage/attachments/storing-fault.ts';
import type { StoredAttachment } from '../../storage/attachments/stored-attachment.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import type { Ids } from '../../runtime/ids.ts';
import { SessionWatch, type SessionWatchDeps } from '../auth/session-watch.ts';
import type { ReceivedBody } from '../http/received-body.ts';
import { fullBelow, type DiskFigures } from '../ops/disk-watch.ts';

/** Uploads of one user, and of all of them, that are under way at this host [G8]. */
const UPLOADS_PER_USER = 10;
const UPLOADS_MAX = 64;
/** Seconds after which a refused upload may be tried again. */
const RETRY_S = 5;
/** This many times what counts as a full disk stays free for messages. */
const SPARE = 2;

export interface UploadsDeps extends SessionWatchDeps {
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

/** The uploads that run on this host. */
export class Uploads {
  readonly #deps: UploadsDeps;
  readonly #running = new Set<RunningUpload>();
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

  /** Takes in the bytes of one file. `record`: stores the attachment, once its bytes are durable. Rejects with a ParleyError, also if the
   *  session ends meanwhile; then nothing is stored, unless `record` has failed in a way that leaves that open [G2] [G8]. */
  async take(
    who: Pick<Identity, 'userId' | 'sessionId'>,
    file: NamedFile,
    body: ReceivedBody,
    record: (attachment: StoredAttachment) => Promise<void>,
  ): Promise<StoredAttachment> {
    try {
      const attachment = await this.#within(who, file, body, record);
      this.#ended.stored += 1;
      return attachment;
    } catch (error) {
      this.#ended[codeOf(error)] += 1;
      throw error;
    }
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

  async #within(
    { userId, sessionId }: Pick<Identity, 'userId' | 'sessionId'>,
    file: NamedFile,
    body: ReceivedBody,
    record: (attachment: StoredAttachment) => Promise<void>,
  ): Promise<StoredAttachment> {
    this.#check(userId);
    const upload: RunningUpload = { userId, body, left: file.size };
    this.#running.add(upload);
    const session = new SessionWatch(this.#deps, sessionId, () => {
      body.refuse(sessionEnded());
    });
    try {
      await this.#checkRoom();
      const id = this.#deps.ids.next();
      const incoming = await this.#deps.bytes.receive(id, file.size);
      await this.#write(upload, incoming);
      return await incoming.finish(async ({ size, sha256 }) => {
        if (!(await session.isThere())) throw sessionEnded();
        const attachment = { ...file, id, size, sha256 };
        await record(attachment);
        return attachment;
      });
    } finally {
      session.stop();
      this.#running.delete(upload);
    }
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

const busy = (code: 'too_many_requests' | 'unavailable', detail: string): ParleyError =>
  new ParleyError(code, detail, { retryAfterS: RETRY_S });
const stopping = (): ParleyError =>
  new ParleyError('unavailable', 'The server is stopping.', { retryAfterS: 2 });
const sessionEnded = (): ParleyError => new ParleyError('unauthorized', 'This session has ended.');
