import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { ASK_AGAIN_MS } from './refetch-queue.ts';
import type { Tombstones } from '../model/tombstones.ts';
import type { SyncDeps } from './sync-deps.ts';
import type { Model } from '../model/model.ts';
import { lastSeq } from '../model/timeline.ts';
import type { Timers } from '../net/timers.ts';

/** What this module uses of `Sync`. */
export interface Refreshed {
  readonly generation: number;
  readonly model: { get(): Model };
  readonly tombstones: Tombstones;
  learn(conversations: readonly ConversationResource[], askedIn: number, above: number | null): number;
  refresh(conversationId: string): void;
  startAnew(): void;
}

/** Pause between two pages of the list, so that a server to which everybody reconnects does not get all requests at
 *  once. */
export const PAGE_PAUSE_MS = 1_000;
/** How often to check whether the user looks at the window again. */
const UNSEEN_MS = 5_000;

/** How often a connection that lasts loads the list again: only so it learns that the server has removed old messages, which is no
 *  event. */
export const LIST_AGAIN_MS = 3_600_000;

/** `refreshPeople` now, and again every hour as long as the connection lasts. */
export const keepRefreshing = (
  sync: Refreshed,
  deps: Parameters<typeof refreshPeople>[1],
  isWhole: boolean,
  timers: Pick<Timers, 'after'>,
): void => {
  const { generation } = sync;
  void refreshPeople(sync, deps, isWhole, (ms, run) => {
    timers.after(ms, run);
  });
  timers.after(LIST_AGAIN_MS, () => {
    if (generation === sync.generation) keepRefreshing(sync, deps, false, timers);
  });
};

/** Refreshes everybody's presence after a connection, because presence is not in the event log. It loads the list,
 *  page by page while the user looks at the window. It also catches up on refetches that a crash prevented.
 *  `isWhole`: the whole list was loaded with this connection, so its first page is enough. `later`: runs a function
 *  after some milliseconds, unless the sync has stopped. */
export const refreshPeople = async (
  sync: Refreshed,
  deps: Pick<SyncDeps, 'api' | 'onEffect' | 'isSeen'>,
  isWhole: boolean,
  later: (ms: number, run: () => void) => void,
): Promise<void> => {
  const { generation } = sync;
  const first = sync.model.get();
  const listed = new Set<string>();
  let above: number | null = null;
  let before: string | undefined;
  try {
    for (;;) {
      const asked = sync.model.get();
      const { mark } = sync.tombstones;
      const { conversations, next } = await deps.api.conversations(before);
      // The next connection sends its own request, and may already have the answer.
      if (generation !== sync.generation) return;
      if (conversations.some((told) => isBehind(told, asked))) {
        sync.startAnew();
        return;
      }
      const there = conversations.filter(({ id }) => !sync.tombstones.since(mark, id));
      above = sync.learn(there, generation, above);
      for (const { id, read_seq } of conversations) {
        listed.add(id);
        const seq = sync.model.get().conversations.get(id)?.readSeq.me ?? 0;
        if (seq > read_seq.me) deps.onEffect({ type: 'readUnsynced', conversationId: id, seq });
      }
      if (next === null) break;
      if (isWhole) return;
      before = next;
      await pause(deps.isSeen, later);
      if (generation !== sync.generation) return;
    }
    // These were deleted and their event is on its way, or they belong to another history and the server does not
    // know them.
    for (const id of first.conversations.keys())
      if (!listed.has(id) && sync.model.get().conversations.has(id)) sync.refresh(id);
  } catch {
    later(ASK_AGAIN_MS, () => {
      if (generation === sync.generation) void refreshPeople(sync, deps, isWhole, later);
    });
  }
};

const pause = (isSeen: () => boolean, later: (ms: number, run: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (isSeen()) resolve();
      else later(UNSEEN_MS, look);
    };
    later(PAGE_PAUSE_MS, look);
  });

/** Whether the server knows less of a conversation than this device did when it asked. Positions that never decrease
 *  have decreased, so the device holds another history. Only of the user's own reading may the server know less. */
export const isBehind = (told: ConversationResource, { conversations, timelines }: Model): boolean => {
  const held = conversations.get(told.id);
  if (held === undefined) return false;
  const run = timelines.get(told.id);
  return (
    told.last_seq < Math.max(held.lastSeq, run === undefined ? 0 : lastSeq(run)) ||
    told.delivered_seq.peer < held.deliveredSeq.peer ||
    told.read_seq.peer < held.readSeq.peer
  );
};
