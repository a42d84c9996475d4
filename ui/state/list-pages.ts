import type { Conversation } from '../../server/protocol/resources.ts';
import type { Api } from '../net/api.ts';

/** Loads the list of conversations page by page and hands each on as it comes; `learn` returns what it wants to know with the next one,
 *  null with the first. False when the list is not wanted any more. Rejects with ApiProblem. */
export const loadPages = async (
  api: Pick<Api, 'conversations'>,
  learn: (conversations: readonly Conversation[], above: number | null) => number,
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
