import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import type { ClientLink } from '../net/late-link.ts';
import type { SocketState, Trouble } from '../net/link.ts';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { Effect } from '../model/apply.ts';
import type { Model } from '../model/model.ts';

export interface SyncDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly link: (onFrame: (frame: ServerFrame) => void, onState: (state: SocketState) => void) => ClientLink;
  readonly onEffect: (effect: Exclude<Effect, { type: 'unplaced' }>) => void;
  readonly onChange: () => void;
  /** What is held belongs to another history than the server's, and is about to be dropped. */
  readonly onReset: (held: Model) => void;
  /** The list of conversations was loaded again. */
  readonly onListed: () => void;
  /** True when all events up to now are here and live ones follow; false when the connection is lost. */
  readonly onLive: (live: boolean) => void;
  /** Whether the user may be looking at this window. */
  readonly isSeen: () => boolean;
  readonly onOver: (why: 'expired' | 'deleted' | 'revoked') => void;
}

/** The state of the connection as shown to the user. `live` once everything missed has arrived. */
export type SyncStatus =
  | { readonly phase: 'connecting'; readonly trouble: Trouble | null }
  | { readonly phase: 'catchingUp' }
  | { readonly phase: 'live' }
  | { readonly phase: 'waiting'; readonly until: number; readonly trouble: Trouble }
  | { readonly phase: 'yielded' }
  | { readonly phase: 'outdated' };

/** What the server is sending until its next `sync`. `none`: live events. `catchUp`: missed events, starting with
 *  `welcome`. `repair`: what was missing in a gap. It may come twice and out of order, so everything is applied, and
 *  only the `sync` at the end moves the cursor. `witness`: known events, to find a witness among them. */
export type Replay = 'none' | 'catchUp' | 'repair' | 'witness';
