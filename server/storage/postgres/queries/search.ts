import type { Queries, SearchPage } from '../../reads.ts';
import { PAGE_MAX } from '../../../protocol/limits.ts';
import { rfc3339 } from '../../../protocol/rfc3339.ts';
import type { SearchAnswer } from '../../../protocol/resources/search.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { reactionRanges } from '../../presenting/reaction-ranges.ts';
import { highlightsOf, termsOf } from '../../search/matches.ts';
import { searchMessages } from '../search/search-messages.ts';
import { statement, type Sql } from '../sql.ts';
import { addListed } from './conversations.ts';
import { LoadedRows } from './loaded-rows.ts';
import { isStorable, type PostgresQueryDeps } from './query-deps.ts';
import { loadReactions } from './reactions.ts';
import { conversationsWith, usersNamed } from './search-users.ts';
import { loadAttachments } from './shown-attachments.ts';
import { loadConversations } from './shown-conversations.ts';
import { seenUsers } from './users.ts';

/** When the newest message was sent that retention has removed from the viewer's conversations. Before its first run nothing is read. */
const REMOVED_UNTIL = statement<[at: number | null]>(
  'search_removed_until',
  `SELECT max(c.removed_until) FROM users u JOIN members m ON m.user_row = u.row
     JOIN conversations c ON c.row = m.conversation
   WHERE u.id = $1 AND (SELECT removed FROM retention) > 0 AND c.low_removed + c.high_removed >
     CASE WHEN c.low = u.row THEN c.low_cleared ELSE c.high_cleared END`,
);

type Options = Parameters<Queries['search']>[2];

/** The viewer, the end of their log, and where a message stands in it; null for one that is not the viewer's. [P5] */
const VIEWER = statement<[row: number, head: number, before: number | null]>(
  'search_viewer',
  `SELECT u.row, h.cursor,
     CASE u.row WHEN m.sender THEN m.sender_cursor WHEN m.recipient THEN m.recipient_cursor END
   FROM users u JOIN heads h ON h.user_row = u.row LEFT JOIN messages m ON m.id = $2 WHERE u.id = $1`,
);

/** Search: every word of `q` must occur, as a part of a word too. Any text of at most `QUERY_MAX_CODE_POINTS` is an allowed `q`. */
export const searchQuery = ({ database, clock }: PostgresQueryDeps): Pick<Queries, 'search'> => ({
  async search(viewerId, q, options) {
    const terms = termsOf(q);
    if (terms.length === 0)
      return { messages: [], conversations: [], users: [], removed_until: null, next: null };
    return await database.snapshot((sql) => new Search(sql, viewerId, terms, options, clock.now()).run());
  },
});

/** One call of a search, in one snapshot. */
class Search {
  readonly #sql: Pick<Sql, 'query'>;
  readonly #viewerId: string;
  readonly #terms: readonly string[];
  readonly #options: Options;
  readonly #limit: number;
  readonly #now: number;

  constructor(
    sql: Pick<Sql, 'query'>,
    viewerId: string,
    terms: readonly string[],
    options: Options,
    now: number,
  ) {
    this.#sql = sql;
    this.#viewerId = viewerId;
    this.#terms = terms;
    this.#options = options;
    this.#limit = Math.min(options.limit, PAGE_MAX);
    this.#now = now;
  }

  /** Its parts ask the database at the same time. */
  async run(): Promise<SearchPage> {
    const isPossible = this.#terms.every(isStorable);
    const [{ messages, next }, conversations, users, removedUntil] = await Promise.all([
      isPossible && this.#wants('messages') ? this.#messages() : { messages: [], next: null },
      isPossible && this.#wants('conversations') ? this.#conversations() : [],
      isPossible && this.#wants('users') ? this.#users() : [],
      this.#wants('messages') ? this.#removedUntil() : null,
    ]);
    return { messages, conversations, users, removed_until: removedUntil, next };
  }

  #wants(type: NonNullable<Options['type']>): boolean {
    // Further calls for a page continue with messages only.
    if (this.#options.below !== undefined && type !== 'messages') return false;
    return this.#options.type === undefined || this.#options.type === type;
  }

  async #messages(): Promise<Pick<SearchPage, 'messages' | 'next'>> {
    const { before, below } = this.#options;
    const [viewer] = await this.#sql.query(VIEWER, [this.#viewerId, before ?? null]);
    if (viewer === undefined) return { messages: [], next: null };
    const [row, head, place] = viewer;
    const start = below ?? (before === undefined ? head + 1 : (place ?? 0));
    const { found, next } = await searchMessages(this.#sql, { row, head }, this.#terms, this.#limit, start);
    const rows = new LoadedRows(this.#now);
    const conversations = found.map(({ conversation }) => conversation);
    await Promise.all([
      loadConversations(this.#sql, rows, conversations),
      loadReactions(this.#sql, rows, reactionRanges(found)),
      loadAttachments(this.#sql, rows, found),
    ]);
    const messages = new Presenters(rows, row).messages(found).map((message) => ({
      ...message,
      highlights: highlightsOf(message.content, this.#terms),
    }));
    return { messages, next };
  }

  async #removedUntil(): Promise<SearchPage['removed_until']> {
    const [[at] = [null]] = await this.#sql.query(REMOVED_UNTIL, [this.#viewerId]);
    return at === null ? null : rfc3339(at);
  }

  async #conversations(): Promise<SearchAnswer['conversations']> {
    const found = await conversationsWith(this.#sql, this.#viewerId, this.#terms, this.#limit);
    const rows = new LoadedRows(this.#now);
    const presenters = new Presenters(rows, found[0]?.[0] ?? 0);
    return presenters
      .conversations(addListed(rows, found))
      .map((each) => ({ ...each, highlights: highlightsOf(each.peer.username, this.#terms) }));
  }

  async #users(): Promise<SearchAnswer['users']> {
    const found = await usersNamed(this.#sql, this.#viewerId, this.#terms, this.#limit);
    return seenUsers(found, this.#now).flatMap((user) =>
      'deleted' in user ? [] : [{ ...user, highlights: highlightsOf(user.username, this.#terms) }],
    );
  }
}
