import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Account } from '../state/account.ts';
import type { App } from '../state/app.ts';
import type { Chat, Model } from '../state/model.ts';
import { narrow } from '../state/one-pane.ts';
import type { Route } from '../state/route.ts';
import { listedChats, remembered, totalUnread } from '../state/selectors.ts';
import { isCovered, panelIn, type Panel } from '../state/trail.ts';
import { shortened } from '../state/text/graphemes.ts';
import { unsendableOf } from '../state/unsendable.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { chatScreenStyles } from '../styles/chat-screen.ts';
import { controls } from '../styles/controls.ts';
import { touch } from './window-focus.ts';
import { ChatScreenEvents } from './chat-screen-events.ts';
import './connection-bar.ts';
import type { ConversationView } from './conversation-view.ts';
import { FocusKeeper } from './focus-keeper.ts';
import { isConversationLoaded } from './load-conversation.ts';
import { loadStorageNotice, loadUnsendable, type LazyPanel } from './lazy.ts';
import { listTop } from './list-top.ts';
import './missing-part.ts';
import { missingConversation, noConversation, waitingConversation } from './no-conversation.ts';
import { PassingTime } from './passing-time.ts';
import type { Target } from './message-list.ts';
import type {} from './storage-notice.ts';
import { RenderPace } from './render-pace.ts';
import './toast-bar.ts';
import './user-list.ts';
import { nameOf } from './words.ts';

type ListedFrom = [Model['chats'], Model['pending'], ReadonlySet<string>];

/** The client of somebody who is logged in. One of the two elements that watch signals; all others get properties. */
@customElement('chat-screen')
export class ChatScreen extends SignalWatcher(LitElement) {
  static override readonly styles = [base, controls, chatScreenStyles];

  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) account!: Account;
  /** What is shown where there is room for one of them only: the list, the screen, or a panel over the screen. */
  @property({ reflect: true }) pane: 'side' | 'main' | 'over' = 'side';
  @state() target: Target | null = null;
  @state() unreadAfter: number | null = null;
  /** Whether to be told of new messages is being asked. */
  @state() asksToNotify = false;
  /** The server serves a newer build of this client. */
  @state() hasNewBuild = false;
  @query('conversation-view') readonly view!: ConversationView | null;
  readonly events = new ChatScreenEvents(this);
  readonly focusKeeper = new FocusKeeper(this);
  /** The conversation in sight. */
  /** The conversation shown last, for as long as a server that was restored has not listed its own. */
  #shownLast: Chat | null = null;
  readonly #remembered = remembered((...of: ListedFrom) => {
    this.#list = listedChats(...of, this.#list);
    return this.#list;
  });
  readonly #pace = new RenderPace();
  readonly #time = new PassingTime(this);
  #shown: { route: Route | null; panel: ChatScreen['panel'] } = { route: null, panel: null };
  #list: readonly Chat[] = [];

  /** Missed events come in, and nobody has gone elsewhere meanwhile. */
  get #isOnlyCatchingUp(): boolean {
    const isThere = this.app.route.get() === this.#shown.route && this.panel === this.#shown.panel;
    return isThere && this.account.sync.connection.get().phase === 'catchingUp';
  }

  /** Many changes in a row are rendered together. */
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
    const chats = this.listed();
    const unread = totalUnread(model, hidden);
    const chat = this.openChat(model);
    const { app: name } = strings();
    // A last render after the logout must not take the title back.
    if (this.isConnected) {
      const counted = unread > 0 ? `(${String(unread)}) ` : '';
      app.shell.setTitle(counted + (chat === null ? name : `${nameOf(chat.peer)} – ${name}`));
    }
    return html`<header class="visually-hidden"><h1>${name}</h1></header>
      ${this.#storage()}
      <aside tabindex="-1">${this.#side(model, chats)}</aside>
      <main tabindex="-1">
        ${this.#barAbove ? this.#bar() : nothing}${this.#question()}${this.#main(model, chat, chats.length)}
      </main>
      <toast-bar .toast=${this.events.toast}></toast-bar>
      <div class="visually-hidden" aria-live="polite">${this.#announcement(model, chat)}</div>
      ${this.panel === 'switcher' ? html`<quick-switcher .chats=${chats}></quick-switcher>` : nothing}
      ${this.panel === 'keys' ? html`<key-sheet .enterSends=${this.#enterSends}></key-sheet>` : nothing}`;
  }

  listed(): readonly Chat[] {
    const { chats, pending } = this.account.sync.model.get();
    return this.#remembered(chats, pending, this.account.undoableDeletes.hidden.get());
  }

  get panel(): Panel | null {
    return panelIn(this.app.navigation.trail.get()).panel;
  }

  /** The conversation in sight, unless it is being deleted. */
  openChat(model: Model): Chat | null {
    const route = this.app.route.get();
    if (route.name !== 'chat' || this.account.undoableDeletes.hidden.get().has(route.chatId)) return null;
    return model.chats.get(route.chatId) ?? null;
  }

  /** By the server's clock, as everything that it is compared with. */
  get now(): number {
    return this.#time.now + this.account.sync.time.offset.get();
  }

  /** On a touch screen it breaks the line: there is no Shift to hold. */
  get #enterSends(): boolean {
    return !touch() && this.app.preferences.current.get().sendKey === 'enter';
  }

  /** Long enough without a connection to doubt what it told. */
  get #online(): boolean {
    const state = this.account.sync.connection.get();
    return (
      state.phase === 'live' ||
      state.phase === 'catchingUp' ||
      (state.phase === 'connecting' && state.trouble === null)
    );
  }

  /** Where the list can't be seen, its state of the connection can't either. */
  get #barAbove(): boolean {
    return this.pane === 'main' && narrow();
  }

  #bar(): TemplateResult {
    return html`<connection-bar
      .connection=${this.account.sync.connection.get()}
      .kept=${this.account.condition.get() === 'kept'}
      .since=${this.account.sync.lostAt}
      .hasNewBuild=${this.hasNewBuild}
      .reconnect=${this.events.reconnect}
      .reload=${this.events.reload}
    ></connection-bar>`;
  }

  /** What this device does not keep. */
  #storage(): TemplateResult | typeof nothing {
    const condition = this.account.condition.get();
    const { session } = this.app.shell;
    // Where the person was asked, they know.
    const remembered = session.choice !== 'always' || session.remembers();
    if (condition === 'kept' && remembered) return nothing;
    loadStorageNotice();
    return html`<storage-notice .condition=${condition} .remembered=${remembered}></storage-notice>`;
  }

  /** In the place of a panel that could not be loaded. */
  #instead(panel: LazyPanel): TemplateResult | null {
    const { panels, reload, leavePanel } = this.events;
    const reason = panels.missing.get(panel);
    if (reason === undefined) return null;
    return html`<missing-part
      .reason=${reason}
      .retry=${() => {
        panels.retry(panel);
        this.requestUpdate();
      }}
      .reload=${reload}
      .back=${() => {
        leavePanel(panel);
      }}
    ></missing-part>`;
  }

  /** Asked once, after the first message. */
  #question(): TemplateResult | typeof nothing {
    if (!this.asksToNotify || this.app.shell.notificationState() !== 'default') return nothing;
    return html`<notification-question .answer=${this.events.notifications.answer}></notification-question>`;
  }

  #side(model: Model, chats: readonly Chat[]): TemplateResult {
    const { account } = this;
    const bar = this.#barAbove ? nothing : this.#bar();
    const instead = this.panel === null ? null : this.#instead(this.panel);
    if (instead !== null) return html`${instead}${bar}`;
    if (this.panel === 'people' || this.panel === 'search')
      return html`${this.events.panels.pane(this.panel)?.render() ?? nothing}${bar}`;
    return html`${listTop(this, account.me)}${bar}${this.#unsendable()}
      <user-list
        .chats=${chats}
        .pending=${model.pending}
        .drafts=${account.drafts.texts.get()}
        .typing=${model.typing}
        .current=${this.openChat(model)?.id ?? ''}
        .listed=${account.sync.listed.get()}
        .problem=${account.sync.listProblem.get()}
        .retry=${this.events.retryList}
        .live=${this.#online}
        .now=${this.now}
      ></user-list>`;
  }

  #unsendable(): TemplateResult | typeof nothing {
    const items = unsendableOf(this.account);
    if (items.length === 0) return nothing;
    loadUnsendable();
    return html`<unsendable-texts .items=${items}></unsendable-texts>`;
  }

  #main(model: Model, chat: Chat | null, count: number): TemplateResult | typeof nothing {
    const { account } = this;
    const listed = account.sync.listed.get() ? count : null;
    const route = this.app.route.get();
    if (route.name === 'settings')
      return this.#instead('settings') ?? this.events.panels.pane('settings')?.render() ?? nothing;
    if (route.name !== 'chat') return noConversation(account.me.username, listed);
    // A server that was restored tells its conversations anew: whoever writes goes on writing meanwhile.
    const last = !account.sync.listed.get() && this.#shownLast?.id === route.chatId ? this.#shownLast : null;
    const shown = (this.#shownLast = chat ?? last);
    if (shown === null) {
      const problem = account.sync.listed.get() ? null : account.sync.listProblem.get();
      return missingConversation(this, listed !== null, problem, this.events.retryList);
    }
    if (!isConversationLoaded()) return this.#instead('conversation') ?? waitingConversation();
    return this.#conversation(model, shown, chat === null);
  }

  #conversation(model: Model, chat: Chat, held: boolean): TemplateResult {
    const { account } = this;
    return html`<conversation-view
      .chat=${chat}
      .held=${held}
      .live=${model.timelines.get(chat.id) ?? null}
      .detour=${model.detours.get(chat.id) ?? null}
      .pending=${model.pending}
      .loading=${account.history.loading.get().get(chat.id) ?? null}
      .unreadAfter=${this.unreadAfter}
      .target=${this.target}
      .draft=${account.drafts.texts.get().get(chat.id) ?? ''}
      .draftChanges=${account.drafts.changes.get()}
      .typing=${model.typing.has(chat.id)}
      .online=${this.#online}
      .enterSends=${this.#enterSends}
      .now=${this.now}
    ></conversation-view>`;
  }

  /** New messages of the conversation in sight, for screen readers. */
  #announcement(model: Model, chat: Chat | null): unknown {
    const arrived = this.app.arrived.get();
    if (arrived === null) return nothing;
    const from = model.chats.get(arrived.chatId);
    if (from === undefined) return nothing;
    const words = strings().chat;
    const name = nameOf(from.peer);
    const elsewhere = chat !== null && chat.id !== arrived.chatId;
    const text = elsewhere ? words.arrivedElsewhere(name) : words.arrived(name, shortened(arrived.text, 500));
    // A new element each time: the same words twice would be no change, and nobody would hear them.
    return keyed(arrived.id, html`<p>${text}</p>`);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-screen': ChatScreen;
  }
}
