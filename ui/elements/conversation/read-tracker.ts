import { narrow } from '../../navigation/one-pane.ts';
import { attentive } from '../shared/window-focus.ts';
import { nextFrame } from '../shared/next-frame.ts';
import type { Screen } from '../screen/screen.ts';

/** Tracks reading in the open conversation: the position where it stopped, and how far it has come. Messages on
 *  screen count as read only while the user looks at the window. */
export class ReadTracker {
  readonly #screen: Screen;
  /** The conversation for which the position of the unread line was decided. */
  #conversationId: string | null = null;
  #seen: { readonly conversationId: string; readonly seq: number } | null = null;
  /** Whether the list is on its way to the first unread message. Receipts are cumulative, so nothing counts as seen
   *  before it arrives. */
  #landing: 'no' | 'due' | 'under way' = 'no';

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  left(): void {
    this.#conversationId = null;
    this.#seen = null;
    this.#landing = 'no';
    this.#screen.unreadAfter = null;
  }

  /** To be called before each render. `jumping`: the list goes to a certain message, and therefore not to the unread
   *  ones. */
  entered(conversationId: string, jumping: boolean): void {
    const conversation = this.#screen.account.sync.model.get().conversations.get(conversationId);
    if (conversation === undefined) {
      // The conversation was deleted or belongs to another history. Later, other messages that nobody has seen may
      // have the same numbers.
      this.left();
      return;
    }
    const fresh = this.#conversationId !== conversationId;
    this.#conversationId = conversationId;
    if (conversation.unread === 0 || (!fresh && (this.#screen.unreadAfter !== null || attentive()))) return;
    this.#screen.unreadAfter = conversation.readSeq.me;
    this.#landing = fresh && !jumping ? 'due' : 'no';
  }

  /** To be called after each render. */
  shown(conversationId: string): void {
    if (this.#landing === 'due' && this.#screen.account.sync.model.get().timelines.has(conversationId))
      void this.#land(conversationId);
    this.report();
  }

  saw(conversationId: string, seq: number): void {
    this.#seen = { conversationId, seq };
    this.report();
  }

  /** Reports to the account what was read. Also called when the window or the connection is back. */
  readonly report = (): void => {
    const seen = this.#seen;
    if (this.#landing !== 'no' || seen === null || !attentive()) return;
    // A panel covers the messages.
    if (this.#screen.pane === 'over' && narrow()) return;
    if (this.#isAt(seen.conversationId)) this.#screen.account.read(seen.conversationId, seen.seq);
  };

  /** Whether this conversation is still the open one. Checked after each wait. */
  #isAt(conversationId: string): boolean {
    return this.#conversationId === conversationId;
  }

  /** Scrolls to where the reading stopped, even if that is several pages back. */
  async #land(conversationId: string): Promise<void> {
    this.#landing = 'under way';
    const { sync, history } = this.#screen.account;
    const { conversations, timelines } = sync.model.get();
    const seq = (conversations.get(conversationId)?.readSeq.me ?? 0) + 1;
    const first = timelines.get(conversationId)?.messages[0]?.seq ?? 0;
    if (first > seq) {
      this.#seen = null;
      if ((await history.jump(conversationId, seq)) && this.#isAt(conversationId))
        this.#screen.target = { seq, quiet: true };
      // The list scrolls there while it renders, and then reports what is seen. Only that report counts.
      await nextFrame();
      await nextFrame();
    }
    if (!this.#isAt(conversationId)) return;
    this.#landing = 'no';
    this.report();
  }
}
