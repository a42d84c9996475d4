import type { Conversation } from '../../server/protocol/resources.ts';
import type { Api } from '../net/api.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { Effect } from './apply.ts';
import type { Tombstones } from './tombstones.ts';
import { loadPages } from './list-pages.ts';
import type { Model } from './model.ts';
import { isBehind } from './refresh-people.ts';
import { lastSeq } from './timeline.ts';

/** Whose list it is: the sync. */
export interface Listing {
  readonly era: number;
  readonly isStopped: boolean;
  readonly tombstones: Pick<Tombstones, 'mark' | 'since'>;
  readonly model: { get(): Model };
  readonly listed: { get(): boolean; set(listed: boolean): void };
  readonly listProblem: { set(problem: ProblemCode | null): void };
  learn(conversations: readonly Conversation[], askedIn: number, above: number | null): number;
  startAnew(): void;
}

/** Where no WebSocket gets through, the list still tells what there is: all of it once, and after each further attempt to connect
 *  what has been written since. Receipts and deletions wait for a connection, whose log tells them in order. */
export const loadListOverHttp = async (
  sync: Listing,
  api: Pick<Api, 'conversations'>,
  onEffect: (effect: Effect & { type: 'reload' }) => void,
): Promise<void> => {
  const { era } = sync;
  const isWanted = (): boolean => era === sync.era && !sync.isStopped;
  // What was deleted since is in an answer of before.
  const { mark } = sync.tombstones;
  const learn = (page: readonly Conversation[], above: number | null): number =>
    sync.learn(
      page.filter(({ id }) => !sync.tombstones.since(mark, id)),
      era,
      above,
    );
  try {
    if (sync.listed.get()) await loadNews(sync, api, onEffect, learn, isWanted);
    else {
      sync.listProblem.set(null);
      if (await loadPages(api, learn, isWanted)) sync.listed.set(true);
    }
  } catch (error) {
    // With a list on screen nobody waits for this one, and the next attempt asks again.
    if (isWanted() && !sync.listed.get()) sync.listProblem.set(problemCode(error));
  }
};

/** The conversations used last come first: a page that holds one with nothing new is the last one wanted. */
const loadNews = async (
  sync: Listing,
  api: Pick<Api, 'conversations'>,
  onEffect: (effect: Effect & { type: 'reload' }) => void,
  learn: (page: readonly Conversation[], above: number | null) => number,
  isWanted: () => boolean,
): Promise<void> => {
  let above: number | null = null;
  let before: string | undefined;
  let isAllNew = true;
  do {
    const asked = sync.model.get();
    const { conversations, next } = await api.conversations(before);
    if (!isWanted()) return;
    if (conversations.some((told) => isBehind(told, asked))) {
      sync.startAnew();
      return;
    }
    isAllNew = conversations.every(({ id, last_seq }) => last_seq > (asked.chats.get(id)?.lastSeq ?? -1));
    above = learn(conversations, above);
    const { chats, timelines } = sync.model.get();
    for (const { id } of conversations) {
      const run = timelines.get(id);
      if (run !== undefined && lastSeq(run) < (chats.get(id)?.lastSeq ?? 0))
        onEffect({ type: 'reload', chatId: id });
    }
    before = next ?? undefined;
  } while (before !== undefined && isAllNew);
};
