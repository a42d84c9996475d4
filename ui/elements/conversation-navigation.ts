import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { Account } from '../state/account.ts';
import type { Emitted } from './emit.ts';
import type { Screen } from './screen.ts';

type Person = Emitted['open-person']['user'];

/** Where somebody goes: to a conversation, a place in it, or a person there may be no conversation with yet. */
export class ConversationNavigation {
  /** Whose conversation is being made; for the sign that something happens. */
  opening: string | null = null;
  /** Why it was not made. */
  problem: ProblemCode | null = null;
  readonly #screen: Screen;
  readonly #onConversationMade: () => void;
  #jumping = false;

  constructor(screen: Screen, onConversationMade: () => void) {
    this.#screen = screen;
    this.#onConversationMade = onConversationMade;
  }

  /** On the way to a certain message, so not to the unread ones. */
  get jumping(): boolean {
    return this.#jumping;
  }

  async open(chatId: string, seq?: number): Promise<void> {
    this.#jumping = true;
    this.#screen.target = null;
    this.#screen.app.go({ name: 'chat', chatId });
    if (seq !== undefined) await this.#to(chatId, seq);
    this.#jumping = false;
  }

  async toUnread(chatId: string): Promise<void> {
    await this.#to(chatId, (this.#account.sync.model.get().chats.get(chatId)?.readSeq.me ?? 0) + 1);
  }

  /** Loads again what could not be loaded. */
  async retry(chatId: string): Promise<void> {
    const { history } = this.#account;
    const { direction, seq } = history.loading.get().get(chatId) ?? {};
    if (direction === 'older') await history.older(chatId);
    else if (direction === 'newer') await history.newer(chatId);
    else if (direction !== 'around' || seq === null || seq === undefined) await history.reload(chatId);
    else await this.#to(chatId, seq);
  }

  async converse(person: Person): Promise<void> {
    if (this.opening !== null) return;
    this.#told(person.id, null);
    try {
      const chatId = await this.#account.converse(person);
      this.#onConversationMade();
      await this.open(chatId);
      this.#told(null, null);
    } catch (error) {
      this.#told(null, problemCode(error));
    }
  }

  /** Something else is looked for. */
  forgive(): void {
    if (this.problem !== null) this.#told(this.opening, null);
  }

  get #account(): Account {
    return this.#screen.account;
  }

  async #to(chatId: string, seq: number): Promise<void> {
    const isLoaded = await this.#account.history.jump(chatId, seq);
    // Somebody may have gone elsewhere meanwhile.
    const route = this.#screen.app.route.get();
    if (isLoaded && route.name === 'chat' && route.chatId === chatId) this.#screen.target = { seq };
  }

  #told(opening: string | null, problem: ProblemCode | null): void {
    this.opening = opening;
    this.problem = problem;
    this.#screen.requestUpdate();
  }
}
