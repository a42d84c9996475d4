import type { Rx } from '../transactions.ts';
import { firstSeq } from '../../rules/conversation-record.ts';
import { CHUNK_COST, comparingCost, SEARCHED_MAX } from '../../search/effort.ts';
import { gramsOfTerms, userGram } from '../../search/grams.ts';
import { holdsAll } from '../../search/matches.ts';
import {
  CHUNK_ROWS,
  chunkOf,
  decodeRows,
  descending,
  firstRowOf,
  intersect,
  newBitmap,
} from '../../search/postings.ts';
import { previousOf } from './chains.ts';
import type { MessageRow, Rows } from './rows.ts';
import type { QueryDeps } from './snapshot-queries.ts';

type SearchMessages = (
  rx: Rx,
  viewer: number,
  terms: readonly string[],
  limit: number,
  from: { readonly before?: string; readonly below?: number },
) => { readonly found: MessageRow[]; readonly next: number | null };

/** Messages of one user's visible conversations that hold all terms, newest first. What is not indexed yet is read along
 *  the user's log; older messages chunk by chunk, from the newest, by cutting the user's rows with those of the terms'
 *  grams. Every candidate is checked against its text and its visibility, so the index decides the time of an answer
 *  and never its content. */
export const searchMessages = (deps: QueryDeps): SearchMessages => {
  const { db } = deps;
  const indexed = db.read<[], number>(`SELECT value FROM meta WHERE key = 'indexed_chunks'`).pluck();
  const removedTo = db.read<[], number>('SELECT removed_to FROM retention WHERE one = 1').pluck();
  const candidatesIn = chunkCandidates(deps);

  return (rx, viewer, terms, limit, from) => {
    const rows = deps.rows(rx);
    const found: MessageRow[] = [];
    const isHit = hitTest(rows, viewer, terms);
    let looked = 0;
    const isDone = (message: MessageRow): boolean => {
      looked += comparingCost(message.content, terms);
      if (isHit(message)) found.push(message);
      return found.length >= limit;
    };
    const chunks = rx.get(indexed) ?? 0;
    const gone = rx.get(removedTo) ?? 0;
    const floor = Math.max(gone, firstRowOf(chunks) - 1);
    let below = from.below ?? startOf(rows, viewer, from.before);
    if (below > floor + 1) {
      for (const message of deps.chains(rx, rows).newestFirst(viewer, below - 1, floor)) {
        if (looked >= SEARCHED_MAX) return { found, next: message.row + 1 };
        if (isDone(message)) return { found, next: null };
      }
      below = floor + 1;
    }
    const grams = gramsOfTerms(terms);
    for (let chunk = Math.min(chunks - 1, chunkOf(below)); chunk >= chunkOf(gone + 1); chunk -= 1) {
      const first = firstRowOf(chunk);
      if (looked >= SEARCHED_MAX) return { found, next: Math.min(below, first + CHUNK_ROWS) };
      looked += CHUNK_COST;
      const candidates = candidatesIn(rx, chunk, viewer, grams);
      if (candidates === null) continue;
      for (const offset of descending(candidates, below - first)) {
        // The index of a chunk still names messages that retention has removed.
        if (first + offset <= gone) break;
        if (looked >= SEARCHED_MAX) return { found, next: first + offset + 1 };
        if (isDone(rows.messageAt(first + offset))) return { found, next: null };
      }
    }
    return { found, next: null };
  };
};

/** The viewer's rows of a chunk that have all grams, as a bitmap that is good until the next call; null when there are none. */
const chunkCandidates = ({
  db,
}: QueryDeps): ((
  rx: Rx,
  chunk: number,
  viewer: number,
  grams: readonly number[],
) => ReturnType<typeof newBitmap> | null) => {
  const postings = db
    .read<[number, number], Buffer>('SELECT rows FROM search_postings WHERE chunk = ? AND gram = ?')
    .pluck();
  const candidates = newBitmap();
  const other = newBitmap();
  return (rx, chunk, viewer, grams) => {
    const own = rx.get(postings, chunk, userGram(viewer));
    if (own === undefined) return null;
    decodeRows(own, candidates);
    for (const gram of grams) {
      const having = rx.get(postings, chunk, gram);
      if (having === undefined) return null;
      decodeRows(having, other);
      if (!intersect(candidates, other)) return null;
    }
    return candidates;
  };
};

/** Whether a message is visible to the viewer and holds all terms. */
const hitTest = (
  rows: Rows,
  viewer: number,
  terms: readonly string[],
): ((message: MessageRow) => boolean) => {
  const firsts = new Map<number, number>();
  return (message) => {
    let first = firsts.get(message.conversation);
    if (first === undefined) {
      first = firstSeq(rows.conversationAt(message.conversation), viewer);
      firsts.set(message.conversation, first);
    }
    return message.seq >= first && holdsAll(message.content, terms);
  };
};

/** Just above the first message to look at: the viewer's newest, or the one before the last hit of the page before. A message that
 *  is not the viewer's leads nowhere. [P5] */
const startOf = (rows: Rows, viewer: number, before: string | undefined): number => {
  if (before === undefined) return rows.head(viewer).message + 1;
  const message = rows.message(before);
  const isOwn = message !== null && (message.sender === viewer || message.recipient === viewer);
  return isOwn ? previousOf(message, viewer) + 1 : 0;
};
