import type { Host } from '../runtime/host.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Queries, QueryName, Write } from '../storage/store.ts';
import type { Config } from '../config.ts';
import type { Secrets } from './secrets.ts';
import type { Tokens } from './tokens.ts';

/** What the edge's routes and sockets work with; made once by the entry point. */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Asks an actor; rejects with a ParleyError. */
  readonly ask: Host['ask'];
  readonly tell: Host['tell'];
  /** Durable change through the writer; resolves after the commit. Rejects `unavailable`. */
  readonly write: Write;
  /** A query in the helper pool; rejects `unavailable` when its queue is full. */
  readonly read: <Q extends QueryName>(
    name: Q,
    ...args: Parameters<Queries[Q]>
  ) => Promise<ReturnType<Queries[Q]>>;
  /** Point queries on this thread's own read-only connection. */
  readonly queries: Queries;
  /** The sessions of a person that have a socket, now: the stored answer follows a commit later. */
  readonly connectedSessions: (userId: string) => ReadonlySet<string>;
  /** Access tokens: made at login, checked at every request and socket. */
  readonly tokens: Tokens;
  readonly secrets: Secrets;
  /** Whether each part can serve: for `/readyz`. Never rejects. */
  readonly readiness: () => Promise<{ ok: boolean; checks: Record<string, string> }>;
}
