import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Api } from '../net/api.ts';

/** Loads the list of conversations page by page, and passes each page to `learn`. `learn` also gets what it returned
 *  for the previous page, or null for the first. Returns false if the list is no longer wanted. Rejects with
 *  ApiProblem. */
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
    above = learn(page.conversations, above);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return true;
};
