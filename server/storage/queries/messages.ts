import { PAGE_MAX } from '../../protocol/limits.ts';
import { mySide } from '../write-cache/conversation-record.ts';
import type { Queries } from '../store.ts';
import type { Chains } from './chains.ts';
import { memberOf } from './conversations.ts';
import type { Rows } from './rows.ts';
import { Presenters } from './presenters.ts';

type MessageQueries = Pick<Queries, 'messageLocation' | 'messages'>;

/** History, by arithmetic over the gapless `seq`. [P3] */
export const messageQueries = (rows: Rows, chains: Chains): MessageQueries => ({
  messageLocation(messageId) {
    const message = rows.message(messageId);
    if (message === null) return null;
    const senderId = rows.personAt(message.sender).id;
    const recipientId = rows.personAt(message.recipient).id;
    return {
      conversationId: rows.conversationAt(message.conversation).id,
      pair:
        senderId < recipientId
          ? { first: senderId, second: recipientId }
          : { first: recipientId, second: senderId },
      seq: message.seq,
      senderId,
    };
  },
  messages(viewerId, conversationId, page) {
    const viewer = rows.person(viewerId);
    const record = viewer === null ? null : memberOf(rows, viewer.row, conversationId);
    if (viewer === null || record === null) return null;
    const first = mySide(record, viewer.row).cleared + 1;
    const { from, to, has_more } = rangeOf(first, record.lastSeq, page);
    const views = new Presenters(rows, viewer.row);
    return { messages: chains.messages(record, from, to).map((message) => views.message(message)), has_more };
  },
});

interface Page {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  readonly limit: number;
}

/** The seqs of a page among `first`..`last`. `has_more`: in the direction of the page; with `around` in either. */
export const rangeOf = (
  first: number,
  last: number,
  page: Page,
): { from: number; to: number; has_more: boolean } => {
  const limit = Math.min(page.limit, PAGE_MAX);
  const highest = Math.min(last, (page.before ?? last + 1) - 1);
  if (page.around !== undefined) {
    const half = Math.floor(limit / 2);
    const middle = Math.min(Math.max(page.around, first), Math.max(first, highest));
    const to = Math.min(highest, Math.max(middle - half, first) + limit - 1);
    const from = Math.max(first, to - limit + 1);
    return { from, to, has_more: from > first || to < highest };
  }
  if (page.after !== undefined) {
    const from = Math.max(first, page.after + 1);
    const to = Math.min(highest, from + limit - 1);
    return { from, to, has_more: to < highest };
  }
  const from = Math.max(first, highest - limit + 1);
  return { from, to: highest, has_more: from > first };
};
