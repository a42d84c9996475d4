import type { Connection } from '../open.ts';
import { mySide } from '../records/conversation-record.ts';
import { gramsOfTerm, personGram } from '../search/grams.ts';
import { holdsAll } from '../search/matches.ts';
import { chunkOf, decodeRows, descending, firstRowOf, intersect, newBitmap } from '../search/postings.ts';
import type { Chains } from './chains.ts';
import type { MessageRow, Rows } from './rows.ts';

type SearchMessages = (
  viewer: number,
  terms: readonly string[],
  limit: number,
  before: string | null,
) => MessageRow[];

/** Index entries looked at per chunk: beyond these, checking the few candidates is cheaper. */
const GRAMS_MAX = 12;
const GRAMS_PER_TERM_MIN = 2;

/** Messages of one person's visible conversations that hold all terms, newest first. What is not indexed yet is read along
 *  the person's log; older messages chunk by chunk, from the newest, by cutting the person's rows with those of the terms'
 *  grams. Every candidate is checked against its text and its visibility, so the index decides the time of an answer
 *  and never its content. */
export const searchMessages = (db: Connection, rows: Rows, chains: Chains): SearchMessages => {
  const indexed = db.prepare<[], number>(`SELECT value FROM meta WHERE key = 'indexed_chunks'`).pluck();
  const postings = db
    .prepare<[number, number], Buffer>('SELECT rows FROM search_postings WHERE chunk = ? AND gram = ?')
    .pluck();
  const candidates = newBitmap();
  const other = newBitmap();

  /** Leaves in `candidates` the viewer's rows of a chunk that have all grams; false when there are none. */
  const cut = (chunk: number, viewer: number, grams: readonly number[]): boolean => {
    const own = postings.get(chunk, personGram(viewer));
    if (own === undefined) return false;
    decodeRows(own, candidates);
    for (const gram of grams) {
      const having = postings.get(chunk, gram);
      if (having === undefined) return false;
      decodeRows(having, other);
      if (!intersect(candidates, other)) return false;
    }
    return true;
  };

  return (viewer, terms, limit, before) => {
    const ceiling = before === null ? Number.MAX_SAFE_INTEGER : ceilingOf(rows, viewer, before);
    const chunks = indexed.get() ?? 0;
    const floor = Math.max(0, firstRowOf(chunks) - 1);
    const cleared = new Map<number, number>();
    const found: MessageRow[] = [];
    const isHit = (message: MessageRow): boolean => {
      if (!holdsAll(message.content, terms)) return false;
      let from = cleared.get(message.conversation);
      if (from === undefined) {
        from = mySide(rows.conversationAt(message.conversation), viewer).cleared;
        cleared.set(message.conversation, from);
      }
      return message.seq > from;
    };

    if (ceiling > floor + 1) {
      for (const message of chains.newestFirst(viewer, rows.head(viewer).message, floor)) {
        if (message.row < ceiling && isHit(message)) found.push(message);
        if (found.length >= limit) return found;
      }
    }
    const grams = gramsOf(terms);
    for (let chunk = Math.min(chunks - 1, chunkOf(ceiling)); chunk >= 0; chunk -= 1) {
      if (!cut(chunk, viewer, grams)) continue;
      const first = firstRowOf(chunk);
      for (const offset of descending(candidates, ceiling - first)) {
        const message = rows.messageAt(first + offset);
        if (isHit(message)) found.push(message);
        if (found.length >= limit) return found;
      }
    }
    return found;
  };
};

const gramsOf = (terms: readonly string[]): number[] => {
  const perTerm = Math.max(GRAMS_PER_TERM_MIN, Math.floor(GRAMS_MAX / terms.length));
  const longestFirst = [...terms].sort((a, b) => b.length - a.length);
  return [...new Set(longestFirst.flatMap((term) => gramsOfTerm(term, perTerm)))].slice(0, GRAMS_MAX);
};

/** The row of the last hit of the page before. A message that is not the viewer's leads nowhere. [P5] */
const ceilingOf = (rows: Rows, viewer: number, messageId: string): number => {
  const message = rows.message(messageId);
  return message !== null && (message.sender === viewer || message.recipient === viewer) ? message.row : 0;
};
