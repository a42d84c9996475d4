import type { ConversationMessage } from './refs.ts';
import type { Pair } from '../storage/store.ts';

type Mark = Extract<ConversationMessage, { type: 'mark' }>;
export interface SaidMark {
  readonly pair: Pair;
  readonly mark: Mark;
}

/** Of one conversation. */
interface Newest {
  delivered?: SaidMark;
  read?: SaidMark;
}

const CONVERSATIONS_MAX = 32;

/** What one connection acknowledged, the newest of each conversation. A receipt has no answer, so its sender can't know that
 *  it went with a thread that died: it is told again then, which does no harm. [R1] [P8] */
export class SaidMarks {
  /** Made with the first one: a connection that only waits has none. */
  #byConversation: Map<string, Newest> | undefined;

  note(said: SaidMark): void {
    const { conversationId, status, seq } = said.mark;
    const marks = (this.#byConversation ??= new Map<string, Newest>());
    const known = marks.get(conversationId) ?? {};
    if ((known[status]?.mark.seq ?? 0) < seq) known[status] = said;
    // The latest used stands last, so the first is the one to forget.
    marks.delete(conversationId);
    marks.set(conversationId, known);
    if (marks.size <= CONVERSATIONS_MAX) return;
    const oldest = marks.keys().next();
    if (oldest.done !== true) marks.delete(oldest.value);
  }

  all(): readonly SaidMark[] {
    return [...(this.#byConversation?.values() ?? [])].flatMap(({ read, delivered }) =>
      [read, delivered].filter((said) => said !== undefined),
    );
  }
}
