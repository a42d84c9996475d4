import { ParleyError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { AttachmentBytes } from '../../storage/attachments/attachment-bytes.ts';
import type { Queries } from '../../storage/reads.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import { SessionWatch } from '../auth/session-watch.ts';
import type { StreamedBody, StreamEnd } from '../http/answer.ts';
import { ownDataArchive, type OwnData } from './own-data-archive.ts';
import type { Read } from './own-data-reads.ts';

/** Exports of all users that run at the same time. Each holds some pages of messages in memory, and keeps a reading thread busy. */
const EXPORTS_MAX = 4;
/** Seconds after which a refused export may be asked for again. */
const OWN_RETRY_S = 10;
const SHARED_RETRY_S = 30;
/** Why an export ended. `session`: its session did, or could not be looked at; `stopping`: the server stops. */
const OUTCOMES = ['sent', 'gone', 'stalled', 'failed', 'session', 'stopping'] as const;
export type ExportOutcome = (typeof OUTCOMES)[number];

export interface OwnDataExportsDeps {
  readonly read: Read;
  readonly attachments: Pick<AttachmentBytes, 'read'>;
  readonly queries: Pick<Queries, 'session'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OwnDataExportFigures {
  readonly running: number;
  readonly bytes: number;
  readonly ended: Readonly<Record<ExportOutcome, number>>;
}

/** The exports that run on this host: one for each user, few in all [E3]. */
export class OwnDataExports {
  readonly #deps: OwnDataExportsDeps;
  readonly #running = new Map<string, RunningExport>();
  readonly #ended = Object.fromEntries(OUTCOMES.map((each) => [each, 0])) as Record<ExportOutcome, number>;
  #bytes = 0;
  #isStopping = false;

  constructor(deps: OwnDataExportsDeps) {
    this.#deps = deps;
  }

  get figures(): OwnDataExportFigures {
    return { running: this.#running.size, bytes: this.#bytes, ended: { ...this.#ended } };
  }

  /** @throws ParleyError `too_many_requests` if this user has an export already, `unavailable` if there are too many of others, or the
   *  server stops */
  check(userId: string): void {
    const refused = (retryAfterS: number, detail: string, code: 'too_many_requests' | 'unavailable') =>
      new ParleyError(code, detail, { retryAfterS });
    if (this.#isStopping) throw refused(2, 'The server is stopping.', 'unavailable');
    if (this.#running.has(userId))
      throw refused(
        OWN_RETRY_S,
        'An export of your data is under way; wait until it has ended.',
        'too_many_requests',
      );
    if (this.#running.size >= EXPORTS_MAX)
      throw refused(SHARED_RETRY_S, 'Too many exports are under way; try again later.', 'unavailable');
  }

  /** Takes a place for an export, which ends when its body does. `onBegun`: called when the first of it is asked for, which HEAD does not.
   *  @throws as `check` does */
  begin(who: Pick<Identity, 'userId' | 'sessionId'>, own: OwnData, onBegun: () => void): StreamedBody {
    this.check(who.userId);
    const { clock, log } = this.#deps;
    const startedAt = clock.monotonic();
    const run = new RunningExport(this.#deps, who);
    this.#running.set(who.userId, run);
    return {
      chunks: this.#counted(run, own, onBegun),
      cut: run.signal,
      ended: (how, cause) => {
        this.#running.delete(who.userId);
        run.close();
        const outcome = run.cause ?? outcomeOf(how);
        this.#ended[outcome] += 1;
        const { userId, sessionId } = who;
        const ms = Math.round(clock.monotonic() - startedAt);
        const line = { userId, sessionId, outcome, bytes: run.bytes, ms };
        if (outcome === 'failed') log.warn({ ...line, err: cause }, 'own-data.failed');
        else log.info(line, 'own-data.ended');
      },
    };
  }

  /** Begins no further ones: this host is to be left. */
  refuse(): void {
    this.#isStopping = true;
  }

  /** Ends all of them, and refuses more. */
  stop(): void {
    this.refuse();
    for (const run of this.#running.values()) run.end('stopping');
  }

  async *#counted(run: RunningExport, own: OwnData, onBegun: () => void): AsyncGenerator<Uint8Array> {
    onBegun();
    const { read, attachments: bytes, clock, log } = this.#deps;
    const onLost = (attachmentId: string): void => {
      log.error({ attachmentId }, 'attachments.lost');
    };
    for await (const chunk of ownDataArchive({ read, bytes, own, at: clock.now(), onLost })) {
      run.bytes += chunk.byteLength;
      this.#bytes += chunk.byteLength;
      yield chunk;
    }
  }
}

const outcomeOf = (how: StreamEnd): ExportOutcome => (how === 'cut' ? 'failed' : how);

/** One export, which ends with its session. */
class RunningExport {
  bytes = 0;
  /** Why this side has ended it. */
  cause: 'session' | 'stopping' | null = null;
  readonly #cut = new AbortController();
  readonly #session: SessionWatch;

  constructor(deps: OwnDataExportsDeps, { sessionId }: Pick<Identity, 'sessionId'>) {
    this.#session = new SessionWatch(deps, sessionId, () => {
      this.end('session');
    });
  }

  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  end(cause: 'session' | 'stopping'): void {
    this.cause ??= cause;
    this.#cut.abort();
  }

  close(): void {
    this.#session.stop();
  }
}
