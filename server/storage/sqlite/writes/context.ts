import type { Clock } from '../../../runtime/clock.ts';
import type { LoggedEvent } from '../../logged-event.ts';
import type { Records } from '../../rules/records.ts';
import type { WriteName, Writes } from '../../writes.ts';
import type { SnapshotQueries } from '../queries/snapshot-queries.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import type { Conversations } from '../write-cache/conversations.ts';
import type { EventLog } from '../write-cache/log.ts';
import type { Users } from '../write-cache/users.ts';
import { UploadedAttachments } from './attachment-records.ts';
import { Blocks } from './blocks.ts';
import { Messages } from './messages.ts';
import { Reactions } from './reactions.ts';

/** What writes prepare their own statements with, and the cached rows. */
export interface StatementContext {
  readonly db: WriteStatements;
  readonly clock: Clock;
  readonly users: Users;
  readonly conversations: Conversations;
  readonly log: EventLog;
  /** The queries of the contract on the same connection: they see this transaction after `flush`. */
  readonly queries: SnapshotQueries;
  /** The events of the write being applied. */
  readonly events: LoggedEvent[];
  /** Brings what the write cache holds into the tables. */
  flush(tx: Tx): void;
}

/** What writes are made of. */
export interface WriteContext extends StatementContext {
  /** For the rules that both stores share. */
  readonly records: Records<Tx>;
}

/** Prepares the statements of a write once. The returned function applies one write at `now`. It throws only for faults; the
 *  writer then rolls back what it had done. */
export type MakeWrite<W extends WriteName> = (
  context: WriteContext,
) => (tx: Tx, input: Writes[W]['in'], now: number) => Writes[W]['out'];

export const recordsOf = (context: StatementContext): Records<Tx> => ({
  users: context.users,
  conversations: context.conversations,
  log: context.log,
  messages: new Messages(context.db, context.log, context.clock),
  reactions: new Reactions(context.db),
  blocks: new Blocks(context.db),
  attachments: new UploadedAttachments(context.db),
  events: context.events,
  tellLogged(tx, userId, cursor) {
    context.flush(tx);
    const event = context.queries.eventsAfter(tx, userId, cursor - 1, 1).events[0];
    if (event?.cursor !== cursor) throw new Error(`no event ${String(cursor)}`);
    context.events.push({ userId, event });
  },
});
