import type { ConversationMessage } from './refs.ts';
import type { Pair } from '../storage/store.ts';

type Mark = Extract<ConversationMessage, { type: 'mark' }>;
export interface SaidMark {
  readonly pair: Pair;
  readonly mark: Mark;
}

const CONVERSATIONS_MAX = 32;

/** What one connection acknowledged, the newest of each conversation. A receipt has no answer, so its sender can't know that
 *  it went with a thread that died: it is told again then, which does no harm. [R1] [P8] */
export class SaidMarks {
  readonly #byConversation = new Map<string, { delivered?: SaidMark; read?: SaidMark }>();

  note(said: SaidMark): void {
    const { conversationId, status, seq } = said.mark;
    const known = this.#byConversation.get(conversationId) ?? {};
    if ((known[status]?.mark.seq ?? 0) < seq) known[status] = said;
    // The latest used stands last, so the first is the one to forget.
    this.#byConversation.delete(conversationId);
    this.#byConversation.set(conversationId, known);
    if (this.#byConversation.size <= CONVERSATIONS_MAX) return;
    const oldest = this.#byConversation.keys().next();
    if (oldest.done !== true) this.#byConversation.delete(oldest.value);
  }

  all(): readonly SaidMark[] {
    return [...this.#byConversation.values()].flatMap(({ read, delivered }) =>
      [read, delivered].filter((said) => said !== undefined),
    );
  }
}
