import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Account } from '../../account/account.ts';
import type { App } from '../../app/app.ts';
import { pendingFiles, type PendingFiles } from '../../attachments/pending-files.ts';
import { isMuted } from '../../model/conversation-settings.ts';
import type { Conversation, Model } from '../../model/model.ts';
import { narrow } from '../../navigation/one-pane.ts';
import type { ScreenRoute } from '../../navigation/route.ts';
import { listedConversations, listParts, remembered, totalUnread } from '../../model/selectors.ts';
import { isCovered, panelIn, type Panel } from '../../navigation/trail.ts';
import { messageWords } from '../../model/text/attachment-words.ts';
import { shortened } from '../../model/text/graphemes.ts';
import { unsendableOf } from '../../account/unsendable.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { chatScreenStyles } from '../../styles/chat-screen.ts';
import { controls } from '../../styles/controls.ts';
import { touch } from '../shared/window-focus.ts';
import { ChatScreenEvents } from './chat-screen-events.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { FocusKeeper } from './focus-keeper.ts';
import { isConversationLoaded } from './load-conversation.ts';
import { loadStorageNotice, loadUnsendable, type LazyPanel } from './lazy.ts';
import { listTop } from '../list/list-top.ts';
import { plainText } from '../shared/message-text.ts';
import '../shared/missing-part.ts';
import { missingConversation, noConversation, waitingConversation } from './no-conversation.ts';
import { PassingTime } from '../shared/passing-time.ts';
import type { ScrollTarget } from '../conversation/scroll-target.ts';
import type {} from './notice-bars.ts';
import type {} from './storage-notice.ts';
import { RenderPace } from '../shared/render-pace.ts';
import '../list/user-list.ts';
import { nameIn } from '../shared/words.ts';

type ListedFrom = [Model['conversations'], Model['pending'], ReadonlySet<string>];

/** The client of a signed-in user. This element and `parley-app` watch signals; all others get properties. */
@customElement('chat-screen')
export class ChatScreen extends SignalWatcher(LitElement) {
  static override readonly styles = [base, controls, chatScreenStyles];

  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) account!: Account;
  /** What a narrow window shows: the list, the screen, or a panel over the screen. */
  @property({ reflect: true }) pane: 'side' | 'main' | 'over' = 'side';
  @state() target: ScrollTarget | null = null;
  @state() unreadAfter: number | null = null;
  /** Whether to ask the user about notifications now. */
  @state() asksToNotify = false;
  /** The server serves a newer build of this client. */
  @state() hasNewBuild = false;
  @query('conversation-view') readonly view!: ConversationView | null;
  /** Whether what shows notices could not be loaded. They are shown without it as well as they can be. */
  @state() lacksNoticeBars = false;
  readonly events = new ChatScreenEvents(this);
  readonly focusKeeper = new FocusKeeper(this);
  /** The conversation shown last. Kept until a restored server has listed its conversations. */
  #shownLast: Conversation | null = null;
  readonly #remembered = remembered((...of: ListedFrom) => {
    this.#list = listedConversations(...of, this.#list);
    return this.#list;
  });
  readonly #parts = remembered(listParts);
  readonly #pace = new RenderPace();
  readonly #time = new PassingTime(this);
  #shown: { route: ScreenRoute | null; panel: ChatScreen['panel'] } = { route: null, panel: null };
  #list: readonly Conversation[] = [];
  /** The number on the app’s icon, if this window has set it in this connection. */
  #badged = -1;
  #outgoing?: PendingFiles;

  /** Whether only missed events are coming in, and the user has not gone elsewhere since the last render. */
  get #isOnlyCatchingUp(): boolean {
    const isThere = this.app.route.get() === this.#shown.route && this.panel === this.#shown.panel;
    return isThere && this.account.sync.connection.get().phase === 'catchingUp';
  }

  /** Renders a burst of changes together. */
  protected override async scheduleUpdate(): Promise<void> {
    const wait = this.#pace.wait(() => this.#isOnlyCatchingUp);
    if (wait !== null) await wait;
    await super.scheduleUpdate();
  }

  override willUpdate(): void {
    const route = this.app.route.get();
    const covers = isCovered(this.app.navigation.trail.get());
    this.pane = route.name === 'home' ? 'side' : covers ? 'over' : 'main';
    this.events.routed(route);
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.#shown = { route: this.app.route.get(), panel: this.panel };
    this.#pace.rendered();
    this.events.rendered();
  }

  override render(): TemplateResult {
    const { account, app } = this;
    const model = account.sync.model.get();
    const hidden = account.undoableDeletes.hidden.get();
    const conversations = this.listed();
    const unread = totalUnread(model, hidden, this.now);
    const conversation = this.openChat(model);
    const { app: name } = strings();
    // A last render after logging out must not set the title again.
    if (this.isConnected) {
      const counted = unread > 0 ? `(${String(unread)}) ` : '';
      app.shell.setTitle(counted + (conversation === null ? name : `${nameIn(conversation.peer)} – ${name}`));
      this.#badge(unread);
    }
    return html`<header class="visually-hidden"><h1>${name}</h1></header>
      ${this.#storage()}
      <aside tabindex="-1">${this.#side(model, conversations)}</aside>
      <main tabindex="-1">
        ${this.#barAbove ? this.#bar() : nothing}${this.#question()}${this.#main(model, conversation, conversations.length)}
      </main>
      <toast-bar .toast=${this.events.toasts.current}></toast-bar>
      <div class="visually-hidden" aria-live="polite">
        ${this.#announcement(model, conversation)}${this.#told()}
      </div>
      ${this.panel === 'switcher' ? html`<quick-switcher .conversations=${conversations}></quick-switcher>` : nothing}
      ${this.panel === 'person' && conversation !== null ? html`<person-sheet .user=${conversation.peer} .live=${this.online} .now=${this.now}></person-sheet>` : nothing}
      ${this.panel === 'keys' ? html`<key-sheet .enterSends=${this.#enterSends}></key-sheet>` : nothing}`;
  }

  /** Only a window that has everything knows the number, so all windows that set it agree. */
  #badge(unread: number): void {
    const isLive = this.account.sync.connection.get().phase === 'live';
    if (isLive && unread !== this.#badged) this.app.shell.badge?.(unread);
    this.#badged = isLive ? unread : -1;
  }

  listed(): readonly Conversation[] {
    const { conversations, pending } = this.account.sync.model.get();
    return this.#remembered(conversations, pending, this.account.undoableDeletes.hidden.get());
  }

  get panel(): Panel | null {
    return panelIn(this.app.navigation.trail.get()).panel;
  }

  openChat(model: Model): Conversation | null {
    const route = this.app.route.get();
    if (route.name !== 'conversation' || this.account.undoableDeletes.hidden.get().has(route.conversationId))
      return null;
    return model.conversations.get(route.conversationId) ?? null;
  }

  /** The server's time, because all times that it is compared with come from the server. */
  get now(): number {
    return this.#time.now + this.account.sync.time.offset.get();
  }

  /** On a touch screen Enter breaks the line, because there is no Shift to hold. */
  get #enterSends(): boolean {
    return !touch() && this.app.preferences.current.get().sendKey === 'enter';
  }

  /** Whether what the connection reported can be trusted: it is live, catching up, or only just reconnecting. */
  get online(): boolean {
    const state = this.account.sync.connection.get();
    return (
      state.phase === 'live' ||
      state.phase === 'catchingUp' ||
      (state.phase === 'connecting' && state.trouble === null)
    );
  }

  /** If the list is hidden, so is the connection state that it shows. The bar then stands above the screen. */
  get #barAbove(): boolean {
    return this.pane === 'main' && narrow();
  }

  #bar(): TemplateResult {
    if (this.lacksNoticeBars) return this.#plainNotices();
    return html`<connection-bar
      .connection=${this.account.sync.connection.get()}
      .kept=${this.account.condition.get() === 'kept'}
      .since=${this.account.sync.lostAt}
      .hasNewBuild=${this.hasNewBuild}
      .reconnect=${this.events.reconnect}
      .reload=${this.events.reload}
    ></connection-bar>`;
  }

  #plainNotices(): TemplateResult {
    const { current } = this.events.toasts;
    const { phase } = this.account.sync.connection.get();
    return html`<p class="plain" role="status">
      ${phase === 'live' ? '' : strings().noConnection} ${current?.text ?? ''}
    </p>`;
  }

  /** The notice about what this device does not store. */
  #storage(): TemplateResult | typeof nothing {
    const condition = this.account.condition.get();
    const { session } = this.app.shell;
    // Only where sessions are normally stored is it worth saying that this one is not.
    const remembered = session.choice !== 'always' || session.remembers();
    if (condition === 'kept' && remembered) return nothing;
    loadStorageNotice();
    return html`<storage-notice .condition=${condition} .remembered=${remembered}></storage-notice>`;
  }

  /** What is shown instead of a panel that could not be loaded. */
  #instead(panel: LazyPanel): TemplateResult | null {
    const { panels, reload } = this.events;
    const reason = panels.missing(panel);
    if (reason === undefined) return null;
    return html`<missing-part
      .reason=${reason}
      .retry=${() => {
        panels.retry(panel);
      }}
      .reload=${reload}
      .back=${() => {
        panels.leave(panel);
      }}
    ></missing-part>`;
  }

  /** The question about notifications, asked once after the first message. */
  #question(): TemplateResult | typeof nothing {
    if (!this.asksToNotify || this.app.shell.notificationState() !== 'default') return nothing;
    return html`<notification-question .answer=${this.events.notifications.answer}></notification-question>`;
  }

  #side(model: Model, conversations: readonly Conversation[]): TemplateResult {
    const { account } = this;
    const bar = this.#barAbove ? nothing : this.#bar();
    const instead = this.panel === null ? null : this.#instead(this.panel);
    if (instead !== null) return html`${instead}${bar}`;
    if (this.panel === 'people' || this.panel === 'search' || this.panel === 'archived')
      return html`${this.events.panels.pane(this.panel)?.render() ?? nothing}${bar}`;
    const { shown, archived } = this.#parts(conversations);
    return html`${listTop(this, account.me, model.own)}${bar}${this.#unsendable()}
      <user-list
        .conversations=${shown}
        .archived=${archived}
        .pending=${model.pending}
        .drafts=${account.drafts.texts.get()}
        .typing=${model.typing}
        .current=${this.openChat(model)?.id ?? ''}
        .listed=${account.sync.listed.get()}
        .problem=${account.sync.listProblem.get()}
        .retry=${this.events.retryList}
        .live=${this.online}
        .now=${this.now}
      ></user-list>`;
  }

  #unsendable(): TemplateResult | typeof nothing {
    const items = unsendableOf(this.account);
    if (items.length === 0) return nothing;
    loadUnsendable();
    return html`<unsendable-texts .items=${items}></unsendable-texts>`;
  }

  #main(model: Model, conversation: Conversation | null, count: number): TemplateResult | typeof nothing {
    const { account } = this;
    const listed = account.sync.listed.get() ? count : null;
    const route = this.app.route.get();
    if (route.name === 'settings')
      return this.#instead('settings') ?? this.events.panels.pane('settings')?.render() ?? nothing;
    if (route.name !== 'conversation') return noConversation(account.me.username, listed);
    // A restored server lists its conversations anew. Meanwhile the user goes on writing in the conversation shown
    // last.
    const last =
      !account.sync.listed.get() && this.#shownLast?.id === route.conversationId ? this.#shownLast : null;
    const shown = (this.#shownLast = conversation ?? last);
    if (shown === null) {
      const problem = account.sync.listed.get() ? null : account.sync.listProblem.get();
      return missingConversation(this, listed !== null, problem, this.events.retryList);
    }
    if (!isConversationLoaded()) return this.#instead('conversation') ?? waitingConversation();
    return this.#conversation(model, shown, conversation === null);
  }

  #conversation(model: Model, conversation: Conversation, held: boolean): TemplateResult {
    const { account } = this;
    return html`<conversation-view
      .conversation=${conversation}
      .blocked=${model.blocked.ids.has(conversation.peer.id)}
      .held=${held}
      .live=${model.timelines.get(conversation.id) ?? null}
      .detour=${model.detours.get(conversation.id) ?? null}
      .pending=${model.pending}
      .pendingReactions=${model.pendingReactions}
      .originals=${account.originals.held.get()}
      .outgoing=${(this.#outgoing = pendingFiles(model.pending, account.files.get(), this.#outgoing))}
      .files=${account.files.get()}
      .me=${account.me.id}
      .loading=${account.history.loading.get().get(conversation.id) ?? null}
      .unreadAfter=${this.unreadAfter}
      .target=${this.target}
      .draft=${account.drafts.texts.get().get(conversation.id) ?? ''}
      .reply=${account.drafts.replies.get().get(conversation.id) ?? null}
      .draftChanges=${account.drafts.changes.get()}
      .typing=${model.typing.has(conversation.id)}
      .online=${this.online}
      .enterSends=${this.#enterSends}
      .now=${this.now}
    ></conversation-view>`;
  }

  #told(): unknown {
    const told = this.app.news.told.get();
    return told === null ? nothing : keyed(told, html`<p>${told.text}</p>`);
  }

  /** Announces new messages of the open conversation to screen readers. */
  #announcement(model: Model, conversation: Conversation | null): unknown {
    const arrived = this.app.news.arrived.get();
    if (arrived === null) return nothing;
    const from = model.conversations.get(arrived.conversationId);
    if (from === undefined) return nothing;
    const words = strings().chat;
    const name = nameIn(from.peer);
    const elsewhere = conversation !== null && conversation.id !== arrived.conversationId;
    if (conversation !== from && isMuted(from, this.now)) return nothing;
    const text = elsewhere
      ? words.arrivedElsewhere(name)
      : words.arrived(name, shortened(messageWords(arrived, plainText), 500));
    // A new element for each message. Otherwise two messages with the same text would cause no change, and the second
    // would not be announced.
    return keyed(arrived.id, html`<p>${text}</p>`);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-screen': ChatScreen;
  }
}
