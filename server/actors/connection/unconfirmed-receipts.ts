import type { ConversationMessage } from '../conversation/messages.ts';
import type { Pair } from '../../storage/pair.ts';

type Mark = Extract<ConversationMessage, { type: 'mark' }>;
export interface UnconfirmedReceipt {
  readonly pair: Pair;
  readonly receipt: Mark;
}

/** Of one conversation. */
interface Newest {
  delivered?: UnconfirmedReceipt;
  read?: UnconfirmedReceipt;
}

const CONVERSATIONS_MAX = 32;

/** The newest receipt of one connection in each conversation. Receipts are not answered, so if a thread dies, the sender cannot
 *  know which were lost. They are sent again then, which is harmless [R1] [P8]. */
export class UnconfirmedReceipts {
  /** Made with the first one: a connection that only waits has none. */
  #byConversation: Map<string, Newest> | undefined;

  note(said: UnconfirmedReceipt): void {
    const { conversationId, status, seq } = said.receipt;
    const marks = (this.#byConversation ??= new Map<string, Newest>());
    const known = marks.get(conversationId) ?? {};
    if ((known[status]?.receipt.seq ?? 0) < seq) known[status] = said;
    // The latest used stands last, so the first is the one to forget.
    marks.delete(conversationId);
    marks.set(conversationId, known);
    if (marks.size <= CONVERSATIONS_MAX) return;
    const oldest = marks.keys().next();
    if (oldest.done !== true) marks.delete(oldest.value);
  }

  all(): readonly UnconfirmedReceipt[] {
    return [...(this.#byConversation?.values() ?? [])].flatMap(({ read, delivered }) =>
      [read, delivered].filter((said) => said !== undefined),
    );
  }
}
