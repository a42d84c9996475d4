import type { Conversation } from '../../server/protocol/views.ts';
import { ASK_AGAIN_MS } from './conversation-questions.ts';
import type { Deletions } from './deletions.ts';
import type { SyncParts } from './sync-parts.ts';
import type { Model } from './model.ts';
import { lastSeq } from './timeline.ts';

/** Whose people are refreshed: the sync. */
export interface Refreshed {
  readonly era: number;
  readonly model: { get(): Model };
  readonly deletions: Deletions;
  learn(conversations: readonly Conversation[]): void;
  refresh(chatId: string): void;
  startAnew(): void;
}

/** Who is there is not in the log: after every connection the list tells. What a crash kept from being asked for comes too.
 *  `later`: runs something after so many milliseconds, unless the sync has stopped. */
export const refreshPeople = async (
  sync: Refreshed,
  { api, onEffect }: Pick<SyncParts, 'api' | 'onEffect'>,
  later: (ms: number, run: () => void) => void,
): Promise<void> => {
  const { era } = sync;
  const asked = sync.model.get();
  const { mark } = sync.deletions;
  try {
    const { conversations, next } = await api.conversations();
    // The next connection asks by itself, and may have its answer already.
    if (era !== sync.era) return;
    if (conversations.some((told) => isBehind(told, asked))) {
      sync.startAnew();
      return;
    }
    sync.learn(conversations.filter(({ id }) => !sync.deletions.since(mark, id)));
    // Deleted, and its event is on the way; or of another history, and the server knows nothing of it.
    const listed = new Set(conversations.map(({ id }) => id));
    for (const id of next === null ? asked.chats.keys() : [])
      if (!listed.has(id) && sync.model.get().chats.has(id)) sync.refresh(id);
    for (const { id, read_seq } of conversations) {
      const seq = sync.model.get().chats.get(id)?.readSeq.me ?? 0;
      if (seq > read_seq.me) onEffect({ type: 'readUntold', chatId: id, seq });
    }
  } catch {
    later(ASK_AGAIN_MS, () => {
      if (era === sync.era) void refreshPeople(sync, { api, onEffect }, later);
    });
  }
};

/** Whether the server knows less of a conversation than this device when it asked: numbers that never go back have gone back, so
 *  what is held is of another history. Of one's own reading the server may know less. */
const isBehind = (told: Conversation, { chats, timelines }: Model): boolean => {
  const held = chats.get(told.id);
  if (held === undefined) return false;
  const run = timelines.get(told.id);
  return (
    told.last_seq < Math.max(held.lastSeq, run === undefined ? 0 : lastSeq(run)) ||
    told.delivered_seq.peer < held.deliveredSeq.peer ||
    told.read_seq.peer < held.readSeq.peer
  );
};
