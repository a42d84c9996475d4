import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Api } from '../net/api.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { Effect } from '../model/apply.ts';
import type { Tombstones } from '../model/tombstones.ts';
import { loadPages } from './list-pages.ts';
import type { Model } from '../model/model.ts';
import { isBehind } from './refresh-people.ts';
import { lastSeq } from '../model/timeline.ts';

/** What this module uses of `Sync`. */
export interface Listing {
  readonly generation: number;
  readonly isStopped: boolean;
  readonly tombstones: Pick<Tombstones, 'mark' | 'since'>;
  readonly model: { get(): Model };
  readonly listed: { get(): boolean; set(listed: boolean): void };
  readonly listProblem: { set(problem: ProblemCode | null): void };
  learn(conversations: readonly ConversationResource[], askedIn: number, above: number | null): number;
  startAnew(): void;
}

/** Keeps the list up to date where WebSockets are blocked: loads all of it once, and after each further attempt to
 *  connect, what has been written since. Receipts and deletions wait for a connection, whose log sends them in order. */
export const loadListOverHttp = async (
  sync: Listing,
  api: Pick<Api, 'conversations'>,
  onEffect: (effect: Effect & { type: 'reload' }) => void,
): Promise<void> => {
  const { generation } = sync;
  const isWanted = (): boolean => generation === sync.generation && !sync.isStopped;
  // The answer may still contain what was deleted after the request.
  const { mark } = sync.tombstones;
  const learn = (page: readonly ConversationResource[], above: number | null): number =>
    sync.learn(
      page.filter(({ id }) => !sync.tombstones.since(mark, id)),
      generation,
      above,
    );
  try {
    if (sync.listed.get()) await loadNews(sync, api, onEffect, learn, isWanted);
    else {
      sync.listProblem.set(null);
      if (await loadPages(api, learn, isWanted)) sync.listed.set(true);
    }
  } catch (error) {
    // If a list is on screen, nobody waits for this one, and the next attempt tries again.
    if (isWanted() && !sync.listed.get()) sync.listProblem.set(problemCode(error));
  }
};

/** The list begins with the conversations used last, so loading can stop at a page that holds one without news. */
const loadNews = async (
  sync: Listing,
  api: Pick<Api, 'conversations'>,
  onEffect: (effect: Effect & { type: 'reload' }) => void,
  learn: (page: readonly ConversationResource[], above: number | null) => number,
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
    isAllNew = conversations.every(
      ({ id, last_seq }) => last_seq > (asked.conversations.get(id)?.lastSeq ?? -1),
    );
    above = learn(conversations, above);
    const { conversations: held, timelines } = sync.model.get();
    for (const { id } of conversations) {
      const run = timelines.get(id);
      if (run !== undefined && lastSeq(run) < (held.get(id)?.lastSeq ?? 0))
        onEffect({ type: 'reload', conversationId: id });
    }
    before = next ?? undefined;
  } while (before !== undefined && isAllNew);
};
