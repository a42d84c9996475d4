import type { SearchAnswer } from '../../../protocol/resources/search.ts';
import { rfc3339 } from '../../../protocol/rfc3339.ts';
import { PAGE_MAX } from '../../../protocol/limits.ts';
import { highlightsOf, termsOf } from '../../search/matches.ts';
import type { SearchPage } from '../../reads.ts';
import { searchMessages } from './search-messages.ts';
import { searchUsers } from './search-users.ts';
import { Presenters } from '../../presenting/presenters.ts';
import type { Rx } from '../transactions.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

/** Search: every word of `q` must occur, as a part of a word too. Any text of at most `QUERY_MAX_CODE_POINTS` is an allowed `q`. */
export const searchQueries = (deps: QueryDeps): Pick<SnapshotQueries, 'search'> => {
  const messages = searchMessages(deps);
  const names = searchUsers(deps);
  const removedUntil = removedUntilQuery(deps);
  return {
    search(rx, viewerId, q, options): SearchPage {
      const rows = deps.rows(rx);
      const answer: SearchAnswer = { messages: [], conversations: [], users: [], removed_until: null };
      const viewer = rows.user(viewerId);
      const terms = termsOf(q);
      if (viewer === null || terms.length === 0) return { ...answer, next: null };
      const limit = Math.min(options.limit, PAGE_MAX);
      const wants = (type: typeof options.type): boolean =>
        options.type === undefined || options.type === type;
      const presenters = new Presenters(rows, viewer.row);
      let next: number | null = null;
      if (wants('messages')) {
        const page = messages(rx, viewer.row, terms, limit, options);
        next = page.next;
        answer.removed_until = removedUntil(rx, viewer.row);
        answer.messages = presenters.messages(page.found).map((message) => ({
          ...message,
          highlights: highlightsOf(message.content, terms),
        }));
      }
      if (options.below !== undefined) return { ...answer, next };
      if (wants('conversations')) {
        answer.conversations = names.conversationsWith(rx, viewer.row, terms, limit).map(({ row, name }) => ({
          ...presenters.conversation(rows.conversationAt(row)),
          highlights: highlightsOf(name, terms),
        }));
      }
      if (wants('users')) {
        answer.users = names.named(rx, viewer.row, terms, limit).flatMap(({ row, name }) => {
          const user = presenters.user(rows.userAt(row));
          return 'deleted' in user ? [] : [{ ...user, highlights: highlightsOf(name, terms) }];
        });
      }
      return { ...answer, next };
    },
  };
};

/** When the newest message was sent that retention has removed from the user's conversations. Before its first run nothing is read. */
const removedUntilQuery = ({ db }: QueryDeps): ((rx: Rx, user: number) => SearchAnswer['removed_until']) => {
  const newest = db
    .read<[number], number | null>(
      `SELECT max(c.removed_until) FROM members m JOIN conversations c ON c.row = m.conversation
       WHERE m.user = ? AND (SELECT removed FROM retention WHERE one = 1) > 0
         AND c.low_removed + c.high_removed > CASE WHEN c.low = m.user THEN c.low_cleared ELSE c.high_cleared END`,
    )
    .pluck();
  return (rx, user) => {
    const at = rx.get(newest, user) ?? null;
    return at === null ? null : rfc3339(at);
  };
};
