import { problemCode, type ProblemCode } from '../../net/problem.ts';
import type { Account } from '../../account/account.ts';
import type { Emitted } from '../shared/emit.ts';
import type { Screen } from './screen.ts';

type Person = Emitted['open-person']['user'];

/** Navigates to a conversation, to a message in it, or to a user with whom there may be no conversation yet. */
export class ConversationNavigation {
  /** The id of the user whose conversation is being created; shown as progress. */
  opening: string | null = null;
  /** Why the conversation could not be created. */
  problem: ProblemCode | null = null;
  readonly #screen: Screen;
  readonly #onConversationMade: () => void;
  #jumping = false;

  constructor(screen: Screen, onConversationMade: () => void) {
    this.#screen = screen;
    this.#onConversationMade = onConversationMade;
  }

  /** Whether it is navigating to a certain message, and therefore not to the unread ones. */
  get jumping(): boolean {
    return this.#jumping;
  }

  async open(conversationId: string, seq?: number): Promise<void> {
    this.#jumping = true;
    this.#screen.target = null;
    this.#screen.app.go({ name: 'conversation', conversationId });
    if (seq !== undefined) await this.#to(conversationId, seq);
    this.#jumping = false;
  }

  async toUnread(conversationId: string): Promise<void> {
    await this.#to(
      conversationId,
      (this.#account.sync.model.get().conversations.get(conversationId)?.readSeq.me ?? 0) + 1,
    );
  }

  /** Leads to a message of the open conversation, with the focus. Returns false if it is no longer there. */
  async toMessage(conversationId: string, seq: number): Promise<boolean> {
    if (!(await this.#to(conversationId, seq, true))) return true;
    const { detours, timelines } = this.#account.sync.model.get();
    const run = detours.get(conversationId) ?? timelines.get(conversationId);
    return run?.messages.some((message) => message.seq === seq) === true;
  }

  /** Repeats the page load that failed. */
  async retry(conversationId: string): Promise<void> {
    const { history } = this.#account;
    const { direction, seq } = history.loading.get().get(conversationId) ?? {};
    if (direction === 'older') await history.older(conversationId);
    else if (direction === 'newer') await history.newer(conversationId);
    else if (direction !== 'around' || seq === null || seq === undefined)
      await history.reload(conversationId);
    else await this.#to(conversationId, seq);
  }

  async converse(person: Person): Promise<void> {
    if (this.opening !== null) return;
    this.#setState(person.id, null);
    try {
      const conversationId = await this.#account.converse(person);
      this.#onConversationMade();
      await this.open(conversationId);
      this.#setState(null, null);
    } catch (error) {
      this.#setState(null, problemCode(error));
    }
  }

  /** Clears the problem, because the user searches for somebody else. */
  forgive(): void {
    if (this.problem !== null) this.#setState(this.opening, null);
  }

  get #account(): Account {
    return this.#screen.account;
  }

  /** Returns false if the part of the conversation could not be loaded, or the user has left. */
  async #to(conversationId: string, seq: number, focus = false): Promise<boolean> {
    const isLoaded = await this.#account.history.jump(conversationId, seq);
    // The user may have gone elsewhere meanwhile.
    const route = this.#screen.app.route.get();
    const isThere = isLoaded && route.name === 'conversation' && route.conversationId === conversationId;
    if (isThere) this.#screen.target = { seq, focus };
    return isThere;
  }

  #setState(opening: string | null, problem: ProblemCode | null): void {
    this.opening = opening;
    this.problem = problem;
    this.#screen.requestUpdate();
  }
}
