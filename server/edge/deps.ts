import type { Host } from '../runtime/host.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Logger } from '../runtime/log/log.ts';
import type { JsonAccess, StoreAccess } from '../actors/services/store-access.ts';
import type { Queries } from '../storage/reads.ts';
import type { Config } from '../config/config.ts';
import type { Secrets } from './auth/secrets.ts';
import type { Perform } from '../operator/perform.ts';
import type { DownloadLinks } from './auth/download-links.ts';
import type { AccessTokens } from './auth/tokens.ts';
import type { Attachments } from './attachments/attachments.ts';
import type { OwnDataExports } from './own-data/own-data-exports.ts';
import type { PushService } from './push/open-push.ts';
import type { SendRate } from './ws/send-rate.ts';

/** What the edge's routes and sockets work with; made once by the entry point. */
export interface EdgeDeps extends StoreAccess, JsonAccess {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Asks an actor; rejects with a ParleyError. */
  readonly ask: Host['ask'];
  readonly tell: Host['tell'];
  /** Resolves when the request is known to be a whole one. Whatever changes something by other ways than `ask`, `write` and `operate`, which
   *  wait for it themselves, waits for it first [T3]. */
  readonly arrived: () => Promise<void>;
  /** Point queries on this thread's own read-only connection. */
  readonly queries: Queries;
  /** The sessions of a person that have a socket, now: the stored answer follows a commit later. */
  readonly connectedSessions: (userId: string) => ReadonlySet<string>;
  /** Access tokens: made at login, checked at every request and socket. */
  readonly tokens: AccessTokens;
  readonly secrets: Secrets;
  /** Carries out an operator's request, as the command line's are. Rejects with an OperatorError, a ParleyError or a fault. */
  readonly operate: Perform;
  /** Links with which a browser downloads a file by itself. */
  readonly downloadLinks: Pick<DownloadLinks, 'issue' | 'open'>;
  readonly ownDataExports: Pick<OwnDataExports, 'check' | 'begin'>;
  readonly attachments: Pick<Attachments, 'maxBytes' | 'read'> & {
    readonly uploads: Pick<Attachments['uploads'], 'take' | 'progress' | 'forget'>;
    readonly downloads: Pick<Attachments['downloads'], 'begin'>;
  };
  /** Bounds how often a user changes their profile [U8]. */
  readonly profileChanges: Pick<SendRate, 'take' | 'giveBack' | 'secondsToWait'>;
  /** Bounds how often a user sends, and changes settings and blocks [R3] [C10] [B7]. */
  readonly sends: SendRate;
  /** Null if the operator has not switched pushes on [N1]. */
  readonly push: PushService | null;
  /** Bounds how often a user subscribes to pushes [N2]. */
  readonly pushChanges: Pick<SendRate, 'take' | 'secondsToWait'>;
  /** Whether each part can serve: for `/readyz`. Never rejects. */
  readonly readiness: () => Promise<{ ok: boolean; checks: Record<string, string> }>;
}
