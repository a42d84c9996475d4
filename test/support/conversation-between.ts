import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Pair } from '../../server/storage/pair.ts';
import type { Reads } from '../../server/storage/reads.ts';

type ListReads = Pick<Reads, 'conversations'>;

/** The conversation of two people as the first of them sees it, or else the second; null if it is in the list of neither. */
export const conversationBetween = (reads: ListReads, { first, second }: Pair): ConversationResource | null =>
  listed(reads, first, second) ?? listed(reads, second, first);

const listed = (reads: ListReads, viewer: string, peerId: string): ConversationResource | null => {
  for (let before: string | null = null; ;) {
    const page: ReturnType<Reads['conversations']> = reads.conversations(viewer, 200, before);
    const found = page?.conversations.find(({ peer }) => peer.id === peerId);
    if (found !== undefined) return found;
    before = page?.next ?? null;
    if (before === null) return null;
  }
};
