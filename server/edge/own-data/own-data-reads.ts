import type { StoreAccess } from '../../actors/services/store-access.ts';
import type { ConversationResource } from '../../protocol/resources/conversation.ts';
import type { MessageResource } from '../../protocol/resources/message.ts';
import { parseConversationCursor } from '../../storage/presenting/conversation-cursor.ts';

export type Read = StoreAccess['read'];

/** Conversations of one read. */
const CONVERSATIONS_PAGE = 100;
/** Messages of one read: with the longest ones 2 MB of text. */
const MESSAGES_PAGE = 100;
/** Passes over the list after which it is given up; the second is needed when something has moved, and further ones if whole pages have
 *  moved meanwhile. */
const PASSES_MAX = 8;

/** Every conversation that the user's list holds when it begins, once, as it is when it is read. The list is ordered by the user's log,
 *  and what something happens in moves to its top; so after a pass those are read that have moved past it. Rejects if the list cannot be
 *  read. */
export async function* listedConversations(read: Read, userId: string): AsyncGenerator<ConversationResource> {
  const known = new Set<string>();
  let moved = 0;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const head = await read('headCursor', userId);
    let before: string | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof conversationsPage>> = await conversationsPage(
        read,
        userId,
        before,
      );
      pages += 1;
      for (const conversation of page.conversations) {
        if (known.has(conversation.id)) continue;
        known.add(conversation.id);
        yield conversation;
      }
      before = page.next;
    } while (before !== null && (parseConversationCursor(before) ?? 0) > moved);
    // A page is of one moment: nothing moves past it.
    if (pages === 1 || (await read('headCursor', userId)) === head) return;
    moved = head;
  }
  throw new Error('the list of conversations has moved faster than it could be read');
}

const conversationsPage = async (read: Read, userId: string, before: string | null) => {
  const page = await read('conversations', userId, CONVERSATIONS_PAGE, before);
  if (page === null) throw new Error('the user of an export is gone');
  return page;
};

/** Messages `from`..`to` of a conversation that are there when they are read, in order, a page at a time. Each page is a read of its own: what
 *  the user or the server removes meanwhile is missing. */
export async function* messagePages(
  read: Read,
  userId: string,
  { id, from, to }: { readonly id: string; readonly from: number; readonly to: number },
): AsyncGenerator<readonly MessageResource[]> {
  for (let after = from - 1; after < to;) {
    const page = await read('messages', userId, id, { after, limit: Math.min(MESSAGES_PAGE, to - after) });
    if (page === null) throw new Error('the user of an export is gone');
    const wanted = page.messages.filter(({ seq }) => seq <= to);
    if (wanted.length > 0) yield wanted;
    const last = page.messages.at(-1);
    if (last === undefined || !page.has_more) return;
    after = last.seq;
  }
}
