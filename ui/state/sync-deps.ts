import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import type { Link, LinkState, Trouble } from '../net/link.ts';
import type { ServerFrame } from '../../server/protocol/down.ts';
import type { Effect } from './apply.ts';
import type { Model } from './model.ts';

export interface SyncDeps {
  readonly api: Api;
  readonly clock: Clock;
  readonly link: (onFrame: (frame: ServerFrame) => void, onState: (state: LinkState) => void) => Link;
  readonly onEffect: (effect: Exclude<Effect, { type: 'unplaced' }>) => void;
  readonly onChange: () => void;
  /** What is held turned out to be of another history than the server's: it is about to be dropped. */
  readonly onReset: (held: Model) => void;
  /** Which conversations there are has been learnt anew. */
  readonly onListed: () => void;
  /** Every numbered event up to now is here, and live ones follow; or no longer. */
  readonly onLive: (live: boolean) => void;
  /** Whether somebody may be looking at this window. */
  readonly isSeen: () => boolean;
  readonly onOver: (why: 'expired' | 'deleted' | 'revoked') => void;
}

/** What a person is told of the connection. `live` once everything missed has arrived. */
export type Connection =
  | { readonly phase: 'connecting'; readonly trouble: Trouble | null }
  | { readonly phase: 'catchingUp' }
  | { readonly phase: 'live' }
  | { readonly phase: 'waiting'; readonly until: number; readonly trouble: Trouble }
  | { readonly phase: 'yielded' }
  | { readonly phase: 'outdated' };
