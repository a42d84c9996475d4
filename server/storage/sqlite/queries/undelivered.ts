import type { LogPage } from '../../reads.ts';
import type { Rx } from '../transactions.ts';
import { firstSeq, mySide } from '../../rules/conversation-record.ts';
import { CONVERSATION_COLUMNS, toRecord } from '../write-cache/conversation-columns.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import type { RawConversation } from '../write-cache/conversation-columns.ts';
import { cursorOf, type Chains } from './chains.ts';
import { LOOKED_MAX, LOOKUPS_MAX } from '../../presenting/bounds.ts';
import { messageEvents } from '../../presenting/log-events.ts';
import { Presenters } from '../../presenting/presenters.ts';
import type { PlacedMessage, ShownMessage } from '../../presenting/presented-rows.ts';
import type { Rows } from './rows.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

/** Messages that no device of their recipient has acknowledged. [D11] */
export const undeliveredQuery = (deps: QueryDeps): Pick<SnapshotQueries, 'undelivered'> => {
  const firstUndelivered = firstUndeliveredIn(deps);
  return {
    undelivered(rx, userId, cursor, limit): LogPage {
      const rows = deps.rows(rx);
      const user = rows.user(userId);
      if (user === null) return { events: [], cursor: 0, more: false };
      const chains = deps.chains(rx, rows);
      const head = rows.head(user.row).cursor;
      const presenters = new Presenters(rows, user.row);
      const isUndelivered = undeliveredTest(rows, user.row);
      const found: PlacedMessage[] = [];
      const page = (upTo: number, more: boolean): LogPage => ({
        events: messageEvents(presenters, found),
        cursor: upTo,
        more,
      });
      let at = cursor === 0 ? firstUndelivered(rx, rows, chains, user.row, head) : cursor;
      let looked = 0;
      while (at < head) {
        if (looked >= LOOKED_MAX) return page(at, true);
        const { messages, upTo } = chains.logged(user.row, at, limit);
        looked += messages.length;
        for (const message of messages) {
          if (found.length >= limit) break;
          if (isUndelivered(message)) found.push(message);
        }
        const last = found.at(-1);
        if (found.length >= limit && last !== undefined) {
          return page(last.place, last.place < head);
        }
        at = upTo;
      }
      return page(head, false);
    },
  };
};

/** Where the first undelivered message can be: just before the first one of the conversation that is furthest behind. */
const firstUndeliveredIn = ({ db }: QueryDeps) => {
  const behind = db
    .read<[number, number], RawConversation>(
      `SELECT ${CONVERSATION_COLUMNS} FROM members m JOIN conversations c ON c.row = m.conversation
       WHERE m.user = ? AND CASE WHEN c.low = m.user
         THEN c.high_sent > max(c.low_delivered_count, c.low_cleared_count, c.high_removed)
         ELSE c.low_sent > max(c.high_delivered_count, c.high_cleared_count, c.low_removed) END LIMIT ? + 0`,
    )
    .raw();
  return (rx: Rx, rows: Rows, chains: Chains, user: number, head: number): number => {
    let first = head;
    const records = rx.all(behind, user, LOOKUPS_MAX + 1);
    if (records.length > LOOKUPS_MAX) return 0;
    for (const raw of records) {
      const record = toRecord(raw);
      const seq = Math.max(mySide(record, user).delivered + 1, firstSeq(record, user));
      const next = rows.messageAt(chains.rowAt(record, seq));
      first = Math.min(first, cursorOf(next, user) - 1);
    }
    return first;
  };
};

/** Whether a message was sent to this user, is not yet delivered and is not gone. Reads each conversation once. */
const undeliveredTest = (rows: Rows, user: number): ((message: ShownMessage) => boolean) => {
  const records = new Map<number, ConversationRecord>();
  return (message) => {
    if (message.recipient !== user) return false;
    const record = records.get(message.conversation) ?? rows.conversationAt(message.conversation);
    records.set(message.conversation, record);
    return message.seq > mySide(record, user).delivered && message.seq >= firstSeq(record, user);
  };
};
