import { PAGE_MAX } from '../../../protocol/limits.ts';
import type { LogPage } from '../../reads.ts';
import { otherEvent, replayedMessages, type StoredEvent } from '../../presenting/log-events.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { toBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type LogQueries = Pick<SnapshotQueries, 'history' | 'headCursor' | 'messageCursor' | 'eventsAfter' | 'logs'>;

/** Event logs: what a user has not seen yet, in the order of their cursor. [P4] */
export const logQueries = (deps: QueryDeps): LogQueries => {
  const { db } = deps;
  const history = db.read<[], string>(`SELECT value FROM meta WHERE key = 'history'`).pluck();
  const messageCursor = db
    .read<{ message: Buffer; user: Buffer }, number | null>(
      `SELECT CASE u.row WHEN m.sender THEN m.sender_cursor WHEN m.recipient THEN m.recipient_cursor END
       FROM users u JOIN messages m ON m.id = @message WHERE u.id = @user`,
    )
    .pluck();
  const removedCursor = db
    .read<{ message: Buffer; user: Buffer }, number | null>(
      `SELECT CASE WHEN u.row = r.sender THEN r.sender_cursor WHEN u.row IN (c.low, c.high) THEN r.recipient_cursor END
       FROM removed_messages r JOIN conversations c ON c.row = r.conversation JOIN users u ON u.id = @user
       WHERE r.id = @message`,
    )
    .pluck();
  const logOf = eventsAfter(deps);
  return {
    history: (rx) => rx.get(history) ?? '',
    messageCursor(rx, userId, messageId) {
      const asked = { message: toBlob(messageId), user: toBlob(userId) };
      return rx.get(messageCursor, asked) ?? rx.get(removedCursor, asked) ?? null;
    },
    headCursor(rx, userId) {
      const rows = deps.rows(rx);
      const user = rows.user(userId);
      return user === null ? 0 : rows.head(user.row).cursor;
    },
    eventsAfter: logOf,
    logs: (rx, asked, limit) => asked.map(({ userId, after }) => logOf(rx, userId, after, limit)),
  };
};

/** Messages and other events, merged. */
const eventsAfter = (deps: QueryDeps): SnapshotQueries['eventsAfter'] => {
  const events = deps.db.read<[number, number, number], StoredEvent>(
    'SELECT cursor, kind, at, subject FROM events WHERE user = ? AND cursor > ? ORDER BY cursor LIMIT ? + 0',
  );
  return (rx, userId, cursor, limit): LogPage => {
    const rows = deps.rows(rx);
    const user = rows.user(userId);
    if (user === null) return { events: [], cursor: 0, more: false };
    const head = rows.head(user.row).cursor;
    if (cursor >= head) return { events: [], cursor: head, more: false };
    const span = Math.min(limit, PAGE_MAX * 5);
    const presenters = new Presenters(rows, user.row);
    // Those of the next `span` positions that this user can still see.
    const { messages, upTo: known } = deps.chains(rx, rows).logged(user.row, cursor, span);
    const others = rx.all(events, user.row, cursor, span).filter((event) => event.cursor <= known);
    const places = [...messages.map(({ place }) => place), ...others.map((event) => event.cursor)];
    const upTo = places.length < span ? known : (places.sort((a, b) => a - b)[span - 1] ?? known);
    const found = [
      ...replayedMessages(
        presenters,
        messages.filter(({ place }) => place <= upTo),
      ),
      ...others
        .filter((event) => event.cursor <= upTo)
        .flatMap(
          (event) =>
            otherEvent(rows, presenters, event, {
              receiptMessage: () => rows.messageAt(event.subject),
              reactionChange: () => rows.reactionChangeAt(event.subject),
            }) ?? [],
        ),
    ]
      // The only place where a replay leaves out what is about a message that is gone.
      .filter(({ about }) => about === null || !presenters.isGone(about))
      .map(({ event }) => event);
    return { events: found.sort((a, b) => a.cursor - b.cursor), cursor: upTo, more: upTo < head };
  };
};
