import type { Conversation } from '../../server/protocol/resources.ts';
import { ASK_AGAIN_MS } from './refetch-queue.ts';
import type { Tombstones } from './tombstones.ts';
import type { SyncDeps } from './sync-deps.ts';
import type { Model } from './model.ts';
import { lastSeq } from './timeline.ts';

/** Whose people are refreshed: the sync. */
export interface Refreshed {
  readonly era: number;
  readonly model: { get(): Model };
  readonly tombstones: Tombstones;
  learn(conversations: readonly Conversation[], askedIn: number, above: number | null): number;
  refresh(chatId: string): void;
  startAnew(): void;
}

/** Between two pages of the list, so that a server to which everybody comes back is not asked for everything at once. */
export const PAGE_PAUSE_MS = 1_000;
/** Until it is seen whether somebody looks at the window again. */
const UNSEEN_MS = 5_000;

/** Who is there is not in the log: after every connection the list tells, its further pages one by one while somebody looks at the
 *  window. What a crash kept from being asked for comes too. `isWhole`: all of the list came with this connection, so that its first
 *  page is enough. `later`: runs something after so many milliseconds, unless the sync has stopped. */
export const refreshPeople = async (
  sync: Refreshed,
  deps: Pick<SyncDeps, 'api' | 'onEffect' | 'isSeen'>,
  isWhole: boolean,
  later: (ms: number, run: () => void) => void,
): Promise<void> => {
  const { era } = sync;
  const first = sync.model.get();
  const listed = new Set<string>();
  let above: number | null = null;
  let before: string | undefined;
  try {
    for (;;) {
      const asked = sync.model.get();
      const { mark } = sync.tombstones;
      const { conversations, next } = await deps.api.conversations(before);
      // The next connection asks by itself, and may have its answer already.
      if (era !== sync.era) return;
      if (conversations.some((told) => isBehind(told, asked))) {
        sync.startAnew();
        return;
      }
      const there = conversations.filter(({ id }) => !sync.tombstones.since(mark, id));
      above = sync.learn(there, era, above);
      for (const { id, read_seq } of conversations) {
        listed.add(id);
        const seq = sync.model.get().chats.get(id)?.readSeq.me ?? 0;
        if (seq > read_seq.me) deps.onEffect({ type: 'readUnsynced', chatId: id, seq });
      }
      if (next === null) break;
      if (isWhole) return;
      before = next;
      await pause(deps.isSeen, later);
      if (era !== sync.era) return;
    }
    // Deleted, and its event is on the way; or of another history, and the server knows nothing of it.
    for (const id of first.chats.keys())
      if (!listed.has(id) && sync.model.get().chats.has(id)) sync.refresh(id);
  } catch {
    later(ASK_AGAIN_MS, () => {
      if (era === sync.era) void refreshPeople(sync, deps, isWhole, later);
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

/** Whether the server knows less of a conversation than this device when it asked: numbers that never go back have gone back, so
 *  what is held is of another history. Of one's own reading the server may know less. */
export const isBehind = (told: Conversation, { chats, timelines }: Model): boolean => {
  const held = chats.get(told.id);
  if (held === undefined) return false;
  const run = timelines.get(told.id);
  return (
    told.last_seq < Math.max(held.lastSeq, run === undefined ? 0 : lastSeq(run)) ||
    told.delivered_seq.peer < held.deliveredSeq.peer ||
    told.read_seq.peer < held.readSeq.peer
  );
};
