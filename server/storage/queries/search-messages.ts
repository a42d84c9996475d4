import type { Connection } from '../open.ts';
import { mySide } from '../write-cache/conversation-record.ts';
import { gramsOfTerm, personGram } from '../search/grams.ts';
import { holdsAll } from '../search/matches.ts';
import {
  CHUNK_ROWS,
  chunkOf,
  decodeRows,
  descending,
  firstRowOf,
  intersect,
  newBitmap,
} from '../search/postings.ts';
import { previousOf } from './chains.ts';
import type { Chains } from './chains.ts';
import type { MessageRow, Rows } from './rows.ts';

type SearchMessages = (
  viewer: number,
  terms: readonly string[],
  limit: number,
  from: { readonly before?: string; readonly below?: number },
) => { readonly found: MessageRow[]; readonly next: number | null };

/** Index entries looked at per chunk: beyond these, checking the few candidates is cheaper. */
const GRAMS_MAX = 12;
const GRAMS_PER_TERM_MIN = 2;
/** Messages that one call looks at, however few of them are hits; a long one counts as several. [P9] */
export const SEARCHED_MAX = 1_024;
/** UTF-16 units, times words, for which a message counts once more: comparing takes as long as the text, for each word. */
const LONG = 128;
/** What cutting a chunk's postings costs, in messages looked at. */
const CHUNK_COST = 4;

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

  return (viewer, terms, limit, from) => {
    const found: MessageRow[] = [];
    const isHit = hitTest(rows, viewer, terms);
    let looked = 0;
    const isDone = (message: MessageRow): boolean => {
      looked += 1 + Math.floor((message.content.length * terms.length) / LONG);
      if (isHit(message)) found.push(message);
      return found.length >= limit;
    };
    const chunks = indexed.get() ?? 0;
    const floor = Math.max(0, firstRowOf(chunks) - 1);
    let below = from.below ?? startOf(rows, viewer, from.before);
    if (below > floor + 1) {
      for (const message of chains.newestFirst(viewer, below - 1, floor)) {
        if (looked >= SEARCHED_MAX) return { found, next: message.row + 1 };
        if (isDone(message)) return { found, next: null };
      }
      below = floor + 1;
    }
    const grams = gramsOf(terms);
    for (let chunk = Math.min(chunks - 1, chunkOf(below)); chunk >= 0; chunk -= 1) {
      const first = firstRowOf(chunk);
      if (looked >= SEARCHED_MAX) return { found, next: Math.min(below, first + CHUNK_ROWS) };
      looked += CHUNK_COST;
      if (!cut(chunk, viewer, grams)) continue;
      for (const offset of descending(candidates, below - first)) {
        if (looked >= SEARCHED_MAX) return { found, next: first + offset + 1 };
        if (isDone(rows.messageAt(first + offset))) return { found, next: null };
      }
    }
    return { found, next: null };
  };
};

/** Whether a message is visible to the viewer and holds all terms. */
const hitTest = (
  rows: Rows,
  viewer: number,
  terms: readonly string[],
): ((message: MessageRow) => boolean) => {
  const cleared = new Map<number, number>();
  return (message) => {
    let clearedTo = cleared.get(message.conversation);
    if (clearedTo === undefined) {
      clearedTo = mySide(rows.conversationAt(message.conversation), viewer).cleared;
      cleared.set(message.conversation, clearedTo);
    }
    return message.seq > clearedTo && holdsAll(message.content, terms);
  };
};

const gramsOf = (terms: readonly string[]): number[] => {
  const perTerm = Math.max(GRAMS_PER_TERM_MIN, Math.floor(GRAMS_MAX / terms.length));
  const longestFirst = [...terms].sort((a, b) => b.length - a.length);
  return [...new Set(longestFirst.flatMap((term) => gramsOfTerm(term, perTerm)))].slice(0, GRAMS_MAX);
};

/** Just above the first message to look at: the viewer's newest, or the one before the last hit of the page before. A message that
 *  is not the viewer's leads nowhere. [P5] */
const startOf = (rows: Rows, viewer: number, before: string | undefined): number => {
  if (before === undefined) return rows.head(viewer).message + 1;
  const message = rows.message(before);
  const isOwn = message !== null && (message.sender === viewer || message.recipient === viewer);
  return isOwn ? previousOf(message, viewer) + 1 : 0;
};
