import type { LoggedEvent } from '../../logged-event.ts';
import type { WriteName, Writes } from '../../writes.ts';
import type { Sql } from '../sql.ts';

/** The writes that have a transaction each. The others go in batches, with the rules that both stores share. */
export type AccountWriteName = Exclude<
  WriteName,
  | ('appendMessage' | 'setReaction' | 'advancePosition')
  | ('openConversation' | 'hideConversation' | 'changeSettings' | 'setBlock')
>;

export type AccountWriteMessage = {
  [W in AccountWriteName]: { readonly type: W; readonly input: Writes[W]['in'] };
}[AccountWriteName];

/** What a write has done, and the events that it put into logs. */
export interface Done<W extends WriteName> {
  readonly result: Writes[W]['out'];
  readonly events: readonly LoggedEvent[];
}

/** Applies one write at `now` in the transaction of `sql`, any number of which run at the same moment, on this host and on others.
 *  It may be called again after a deadlock, so it keeps nothing. It throws only for faults, and `RefusedWrite`.
 *
 *  What comes first is locked first, and nothing that comes before it is waited for afterwards:
 *  1. a pending deletion, a host, or the run of retention
 *  2. heads, ascending, all in one statement
 *  3. the registrations of an address, then the first-admin link (in `meta`), then an invitation, then a name
 *  4. addresses with failed logins, ascending, then their slots
 *  5. rows of `users`, which a new row that refers to one locks too
 *  6. everything else of a user whose head is locked, and single sessions (`rotateRefresh`), after which nothing is waited for */
export type AccountWrite<W extends AccountWriteName> = (
  sql: Sql,
  input: Writes[W]['in'],
  now: number,
) => Promise<Done<W>>;

const NONE: readonly LoggedEvent[] = [];

export const done = <R>(
  result: R,
  events: readonly LoggedEvent[] = NONE,
): { readonly result: R; readonly events: readonly LoggedEvent[] } => ({ result, events });
