import type { Conversation } from '../../server/protocol/views.ts';
import { ASK_AGAIN_MS } from './conversation-questions.ts';
import type { SyncParts } from './sync-parts.ts';
import type { Sync } from './sync.ts';
import type { Chat } from './model.ts';

/** Who is there is not in the log: after every connection the list tells. What a crash kept from being asked for comes too.
 *  `later`: runs something after so many milliseconds, unless the sync has stopped. */
export const refreshPeople = async (
  sync: Sync,
  { api, onEffect }: Pick<SyncParts, 'api' | 'onEffect'>,
  later: (ms: number, run: () => void) => void,
): Promise<void> => {
  const { era } = sync;
  const asked = sync.model.get();
  const { mark } = sync.deletions;
  try {
    const { conversations } = await api.conversations();
    // The next connection asks by itself, and may have its answer already.
    if (era !== sync.era) return;
    if (conversations.some((told) => isBehind(told, asked.chats.get(told.id)))) {
      sync.startAnew();
      return;
    }
    sync.learn(conversations.filter(({ id }) => !sync.deletions.since(mark, id)));
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
const isBehind = ({ last_seq, delivered_seq, read_seq }: Conversation, held: Chat | undefined): boolean =>
  held !== undefined &&
  (last_seq < held.lastSeq ||
    delivered_seq.peer < held.deliveredSeq.peer ||
    read_seq.peer < held.readSeq.peer);
