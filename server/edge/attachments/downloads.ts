import { ParleyError } from '../../protocol/errors.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import type { Logger } from '../../runtime/log/log.ts';
import { SessionWatch, type SessionWatchDeps } from '../auth/session-watch.ts';
import type { StreamedBody } from '../http/answer.ts';

/** Attachments that one user, and all of them, are being sent by this host. Each has at most half a MiB in memory. */
const DOWNLOADS_PER_USER = 64;
const DOWNLOADS_MAX = 256;
/** Seconds after which a refused one may be asked for again. */
const RETRY_S = 1;

export interface DownloadsDeps extends SessionWatchDeps {
  readonly log: Logger;
}

export interface DownloadFigures {
  readonly running: number;
  /** Handed to the connections. */
  readonly bytes: number;
}

/** The attachments that this host is sending. */
export class Downloads {
  readonly #deps: DownloadsDeps;
  readonly #running = new Map<AbortController, string>();
  #bytes = 0;

  constructor(deps: DownloadsDeps) {
    this.#deps = deps;
  }

  get figures(): DownloadFigures {
    return { running: this.#running.size, bytes: this.#bytes };
  }

  /** Takes a place for the sending of `length` bytes, which ends when the body does, and with the session. @throws ParleyError
   *  `too_many_requests`, `unavailable` */
  begin(
    { userId, sessionId }: Pick<Identity, 'userId' | 'sessionId'>,
    attachmentId: string,
    { length, chunks }: Required<Pick<StreamedBody, 'length' | 'chunks'>>,
  ): StreamedBody {
    const own = [...this.#running.values()].filter((each) => each === userId).length;
    if (own >= DOWNLOADS_PER_USER)
      throw busy('too_many_requests', 'Too many of your downloads are under way.');
    if (this.#running.size >= DOWNLOADS_MAX) throw busy('unavailable', 'Too many downloads are under way.');
    const cut = new AbortController();
    const session = new SessionWatch(this.#deps, sessionId, () => {
      cut.abort();
    });
    this.#running.set(cut, userId);
    return {
      length,
      chunks: this.#counted(chunks),
      cut: cut.signal,
      ended: (how, cause) => {
        session.stop();
        this.#running.delete(cut);
        if (how === 'failed') this.#deps.log.warn({ attachmentId, err: cause }, 'attachments.read-failed');
      },
    };
  }

  /** Ends all of them. */
  stop(): void {
    for (const cut of this.#running.keys()) cut.abort();
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.byteLength;
      yield chunk;
    }
  }
}

const busy = (code: 'too_many_requests' | 'unavailable', detail: string): ParleyError =>
  new ParleyError(code, detail, { retryAfterS: RETRY_S });
