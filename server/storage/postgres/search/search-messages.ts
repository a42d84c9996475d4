import { CHUNK_COST, comparingCost, SEARCHED_MAX } from '../../search/effort.ts';
import { gramsOfTerms } from '../../search/grams.ts';
import { holdsAll } from '../../search/matches.ts';
import { chunkOf, CHUNK_ROWS, firstRowOf } from '../../search/postings.ts';
import type { ShownMessage } from '../../presenting/presented-rows.ts';
import { messageColumns, toMessage, type MessageTuple } from '../queries/loaded-rows.ts';
import { statement, type Sql } from '../sql.ts';
import { candidatesIn } from './chunk-candidates.ts';

type FoundTuple = readonly [cursor: number, isCleared: boolean, ...MessageTuple];

const CLEARED = `(SELECT CASE WHEN c.low = $1 THEN c.low_cleared ELSE c.high_cleared END
  FROM conversations c WHERE c.row = m.conversation)`;
/** Messages of user $1 that fulfil a condition on their cursor, newest first. */
const newestFirst = (condition: (cursor: string) => string, limit = ''): string => {
  const half = (column: 'sender' | 'recipient'): string =>
    `(SELECT ${column}_cursor AS cursor, each.* FROM messages each
      WHERE ${column} = $1 AND ${condition(`${column}_cursor`)} ORDER BY ${column}_cursor DESC ${limit})`;
  return `SELECT m.cursor, m.seq <= ${CLEARED}, ${messageColumns('m')} FROM (
    SELECT * FROM (${half('sender')} UNION ALL ${half('recipient')}) both_halves ORDER BY cursor DESC ${limit}
  ) m ORDER BY m.cursor DESC`;
};
const RANGE = statement<FoundTuple>(
  'search_range',
  newestFirst((cursor) => `${cursor} >= $2 AND ${cursor} < $3`, 'LIMIT $4'),
);
const AT = statement<FoundTuple>(
  'search_at',
  newestFirst((cursor) => `${cursor} = ANY($2::bigint[])`),
);

/** Messages read at once: of an index's candidates, and of what has no index, first and later. */
const CANDIDATES = 128;
const FIRST_SLICE = 256;
const NEXT_SLICE = 768;
/** Chunks whose lists are read at once: a few first, as most searches end there. */
const GROUP_MIN = 4;
const GROUP_MAX = 32;

export interface MessagesFound {
  readonly found: readonly ShownMessage[];
  readonly next: number | null;
}

/** Messages of one user's visible conversations that hold all terms, newest first, from below the cursor `below` on. The newest
 *  chunk of the log, and what is not indexed yet, are read along the log; of all others only those whose grams promise a hit. Every
 *  candidate is checked against its text and its visibility, so the index decides the time of an answer and never its content. */
export const searchMessages = async (
  sql: Pick<Sql, 'query'>,
  viewer: { readonly row: number; readonly head: number },
  terms: readonly string[],
  limit: number,
  below: number,
): Promise<MessagesFound> => {
  const walk = new SearchWalk(sql, viewer.row, terms, limit);
  const next = await walk.run(below, firstRowOf(chunkOf(viewer.head + 1)));
  return { found: walk.found, next: next ?? null };
};

/** Where a search that has to stop goes on; null if it need not: its page is full. */
type Stop = number | null;

/** One call of a search. Its methods return `undefined` as long as it may go on. */
class SearchWalk {
  readonly found: ShownMessage[] = [];
  #looked = 0;
  readonly #sql: Pick<Sql, 'query'>;
  readonly #viewer: number;
  readonly #terms: readonly string[];
  readonly #limit: number;

  constructor(sql: Pick<Sql, 'query'>, viewer: number, terms: readonly string[], limit: number) {
    this.#sql = sql;
    this.#viewer = viewer;
    this.#terms = terms;
    this.#limit = limit;
  }

  /** `complete`: the first cursor of the chunk that is not complete. */
  async run(below: number, complete: number): Promise<Stop | undefined> {
    const stop = await this.#range(complete, below);
    if (stop !== undefined) return stop;
    const grams = gramsOfTerms(this.#terms);
    let size = GROUP_MIN;
    for (let end = Math.min(below, complete); end > 0; size = Math.min(GROUP_MAX, 2 * size)) {
      if (this.#looked >= SEARCHED_MAX) return end;
      const last = chunkOf(end - 1);
      const first = Math.max(0, last - size + 1);
      const groupStop = await this.#group(first, last, end, grams);
      if (groupStop !== undefined) return groupStop;
      end = firstRowOf(first);
    }
    return undefined;
  }

  /** The chunks `first`..`last`, below the cursor `end`. */
  async #group(
    first: number,
    last: number,
    end: number,
    grams: readonly number[],
  ): Promise<Stop | undefined> {
    const candidates = await candidatesIn(this.#sql, this.#viewer, first, last, grams);
    let gathered: number[] = [];
    for (let chunk = last; chunk >= first; chunk -= 1) {
      const cursors = candidates.get(chunk);
      if (cursors === undefined) {
        const stop = await this.#at(gathered);
        if (stop !== undefined) return stop;
        gathered = [];
        const rangeStop = await this.#range(firstRowOf(chunk), Math.min(end, firstRowOf(chunk) + CHUNK_ROWS));
        if (rangeStop !== undefined) return rangeStop;
      } else {
        this.#looked += CHUNK_COST;
        gathered.push(...cursors.filter((cursor) => cursor < end));
      }
    }
    return await this.#at(gathered);
  }

  /** The messages at these cursors, which fall. */
  async #at(cursors: readonly number[]): Promise<Stop | undefined> {
    for (let at = 0; at < cursors.length; at += CANDIDATES) {
      const batch = cursors.slice(at, at + CANDIDATES);
      if (this.#looked >= SEARCHED_MAX) return (batch[0] ?? 0) + 1;
      const stop = this.#look(await this.#sql.query(AT, [this.#viewer, batch]));
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  /** All messages from the cursor `from` to below `end`. */
  async #range(from: number, end: number): Promise<Stop | undefined> {
    let size = FIRST_SLICE;
    for (let below = end; below > from; size = NEXT_SLICE) {
      if (this.#looked >= SEARCHED_MAX) return below;
      const read = await this.#sql.query(RANGE, [this.#viewer, from, below, size]);
      const stop = this.#look(read);
      if (stop !== undefined) return stop;
      if (read.length < size) break;
      below = read.at(-1)?.[0] ?? from;
    }
    return undefined;
  }

  #look(messages: readonly FoundTuple[]): Stop | undefined {
    for (const [cursor, isCleared, ...raw] of messages) {
      if (this.#looked >= SEARCHED_MAX) return cursor + 1;
      const message = toMessage(raw);
      this.#looked += comparingCost(message.content, this.#terms);
      if (!isCleared && holdsAll(message.content, this.#terms)) this.found.push(message);
      if (this.found.length >= this.#limit) return null;
    }
    return undefined;
  }
}
