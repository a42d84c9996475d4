import type { Clock } from '../../runtime/clock.ts';
import type { Connection } from '../open.ts';
import type { Conversations } from '../write-cache/conversations.ts';
import type { Log } from '../write-cache/log.ts';
import type { People } from '../write-cache/people.ts';
import type { LoggedEvent, Queries, WriteName, Writes } from '../store.ts';

/** What a write works with, inside the writer's transaction. */
export interface WriteContext {
  readonly db: Connection;
  readonly clock: Clock;
  readonly people: People;
  readonly conversations: Conversations;
  readonly log: Log;
  /** Views for events, on the same connection: they see this transaction after `flush`. */
  readonly queries: Queries;
  /** The events of the write being applied. */
  readonly events: LoggedEvent[];
  /** Brings what records hold into the tables. */
  flush(): void;
}

/** Prepares a write's statements once; the function it gives back applies one write at `now`. It throws only for faults: the writer
 *  undoes what it had done. */
export type MakeWrite<W extends WriteName> = (
  context: WriteContext,
) => (input: Writes[W]['in'], now: number) => Writes[W]['out'];

/** Adds the event `cursor` of a person's log, as queries will give it from now on, to what the write has to tell. */
export const tellLogged = (context: WriteContext, userId: string, cursor: number): void => {
  context.flush();
  const event = context.queries.eventsAfter(userId, cursor - 1, 1).events[0];
  if (event?.cursor !== cursor) throw new Error(`no event ${String(cursor)}`);
  context.events.push({ userId, event });
};
