import { narrow } from '../state/one-pane.ts';
import { attentive } from './window-focus.ts';
import { nextFrame } from './next-frame.ts';
import type { Screen } from './screen.ts';

/** Where the reading of the conversation in sight stopped, and how far it has come. What stands on screen counts
 *  as read only in front of somebody. */
export class ReadTracker {
  readonly #screen: Screen;
  /** The conversation the unread line was decided for. */
  #chatId: string | null = null;
  #seen: { readonly chatId: string; readonly seq: number } | null = null;
  /** On the way to the first unread message. Receipts are cumulative, so nothing counts as seen before. */
  #landing: 'no' | 'due' | 'under way' = 'no';

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  left(): void {
    this.#chatId = null;
    this.#seen = null;
    this.#landing = 'no';
    this.#screen.unreadAfter = null;
  }

  /** Before each render. `jumping`: to a certain message, so not to the unread ones. */
  entered(chatId: string, jumping: boolean): void {
    const chat = this.#screen.account.sync.model.get().chats.get(chatId);
    if (chat === undefined) {
      // Deleted, or of another history than the server's: under the same numbers other messages may come, unseen.
      this.left();
      return;
    }
    const fresh = this.#chatId !== chatId;
    this.#chatId = chatId;
    if (chat.unread === 0 || (!fresh && (this.#screen.unreadAfter !== null || attentive()))) return;
    this.#screen.unreadAfter = chat.readSeq.me;
    this.#landing = fresh && !jumping ? 'due' : 'no';
  }

  /** After each render. */
  shown(chatId: string): void {
    if (this.#landing === 'due' && this.#screen.account.sync.model.get().timelines.has(chatId))
      void this.#land(chatId);
    this.told();
  }

  saw(chatId: string, seq: number): void {
    this.#seen = { chatId, seq };
    this.told();
  }

  /** The window or the connection may have come back. */
  readonly told = (): void => {
    const seen = this.#seen;
    if (this.#landing !== 'no' || seen === null || !attentive()) return;
    // A panel lies over the messages.
    if (this.#screen.pane === 'over' && narrow()) return;
    if (this.#isAt(seen.chatId)) this.#screen.account.read(seen.chatId, seen.seq);
  };

  /** Asked after a wait: another conversation may be in sight by then. */
  #isAt(chatId: string): boolean {
    return this.#chatId === chatId;
  }

  /** A conversation opens where the reading stopped, even when that lies pages back. */
  async #land(chatId: string): Promise<void> {
    this.#landing = 'under way';
    const { sync, history } = this.#screen.account;
    const { chats, timelines } = sync.model.get();
    const seq = (chats.get(chatId)?.readSeq.me ?? 0) + 1;
    const first = timelines.get(chatId)?.messages[0]?.seq ?? 0;
    if (first > seq) {
      this.#seen = null;
      if ((await history.jump(chatId, seq)) && this.#isAt(chatId)) this.#screen.target = { seq, quiet: true };
      // The list goes there while it renders and says what is seen from there; only that counts.
      await nextFrame();
      await nextFrame();
    }
    if (!this.#isAt(chatId)) return;
    this.#landing = 'no';
    this.told();
  }
}
