import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Api } from '../net/api.ts';

/** Loads the list of conversations page by page, and passes each page to `learn`. `learn` also gets what it returned
 *  for the previous page, or null for the first. If there are several pages, the pinned conversations come after the first one, so that
 *  they stand on top soon. Returns false if the list is no longer wanted. Rejects with ApiProblem. */
export const loadPages = async (
  api: Pick<Api, 'conversations'>,
  learn: (conversations: readonly ConversationResource[], above: number | null) => number,
  isWanted: () => boolean,
): Promise<boolean> => {
  let above: number | null = null;
  let before: string | undefined;
  do {
    const page = await api.conversations(before);
    if (!isWanted()) return false;
    const isFirst = above === null;
    above = learn(page.conversations, above);
    before = page.next ?? undefined;
    if (!isFirst || before === undefined) continue;
    // Servers from before settings refuse this. Each of these comes again in its place in the list.
    const pinned = await api.conversations(undefined, 'true').catch(() => null);
    if (!isWanted()) return false;
    if (pinned !== null) learn(pinned.conversations, above);
  } while (before !== undefined);
  return true;
};
