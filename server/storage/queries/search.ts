import type { SearchAnswer } from '../../protocol/http.ts';
import { PAGE_MAX } from '../../protocol/limits.ts';
import type { Connection } from '../open.ts';
import { highlightsOf, termsOf } from '../search/matches.ts';
import type { Queries, SearchPage } from '../store.ts';
import type { Chains } from './chains.ts';
import type { Rows } from './rows.ts';
import { searchMessages } from './search-messages.ts';
import { searchPeople } from './search-people.ts';
import { Presenters } from './presenters.ts';

/** Search: every word of `q` must occur, as a part of a word too. Any text of at most `QUERY_MAX_CODE_POINTS` is an allowed `q`. */
export const searchQueries = (db: Connection, rows: Rows, chains: Chains): Pick<Queries, 'search'> => {
  const messages = searchMessages(db, rows, chains);
  const people = searchPeople(db);
  return {
    search(viewerId, q, options): SearchPage {
      const answer: SearchAnswer = { messages: [], conversations: [], users: [] };
      const viewer = rows.person(viewerId);
      const terms = termsOf(q);
      if (viewer === null || terms.length === 0) return { ...answer, next: null };
      const limit = Math.min(options.limit, PAGE_MAX);
      const wants = (type: typeof options.type): boolean =>
        options.type === undefined || options.type === type;
      const views = new Presenters(rows, viewer.row);
      let next: number | null = null;
      if (wants('messages')) {
        const page = messages(viewer.row, terms, limit, options);
        next = page.next;
        answer.messages = page.found.map((row) => ({
          ...views.message(row),
          highlights: highlightsOf(row.content, terms),
        }));
      }
      if (options.below !== undefined) return { ...answer, next };
      if (wants('conversations')) {
        answer.conversations = people.conversationsWith(viewer.row, terms, limit).map(({ row, name }) => ({
          ...views.conversation(rows.conversationAt(row)),
          highlights: highlightsOf(name, terms),
        }));
      }
      if (wants('users')) {
        answer.users = people.named(viewer.row, terms, limit).flatMap(({ row, name }) => {
          const user = views.user(rows.personAt(row));
          return 'deleted' in user ? [] : [{ ...user, highlights: highlightsOf(name, terms) }];
        });
      }
      return { ...answer, next };
    },
  };
};
