import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { browserClock, type Timer } from '../net/clock.ts';
import type { Account } from '../state/account.ts';
import type { App } from '../state/app.ts';
import type { Chat, Model } from '../state/model.ts';
import { listedChats, remembered, totalUnread } from '../state/selectors.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { chatScreenStyles } from '../styles/chat-screen.ts';
import { controls } from '../styles/controls.ts';
import { narrow } from './attention.ts';
import { ChatScreenEvents } from './chat-screen-events.ts';
import './connection-bar.ts';
import './conversation-view.ts';
import type { ConversationView } from './conversation-view.ts';
import type { Emitted } from './emit.ts';
import { emit } from './emit.ts';
import { FocusKeeper } from './focus-keeper.ts';
import { composeIcon, keysIcon, searchIcon, settingsIcon } from './icons.ts';
import { modifierName } from './shortcuts.ts';
import type { Target } from './message-list.ts';
import './toast-bar.ts';
import './user-list.ts';
import { nameOf } from './words.ts';

const MINUTE_MS = 30_000;

/** The client of somebody who is logged in. One of the two elements that watch signals; all others get properties. */
@customElement('chat-screen')
export class ChatScreen extends SignalWatcher(LitElement) {
  static override readonly styles = [base, controls, chatScreenStyles];

  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) account!: Account;
  @property({ reflect: true }) pane: 'side' | 'main' = 'side';
  @state() panel: Emitted['open-panel']['panel'] | null = null;
  @state() target: Target | null = null;
  @state() unreadAfter: number | null = null;
  @state() private now = browserClock.now();
  @query('conversation-view') readonly view!: ConversationView | null;
  readonly events = new ChatScreenEvents(this);
  readonly focusKeeper = new FocusKeeper(this);
  readonly #listed = remembered(listedChats);
  #clock: Timer | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#tick();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#clock?.cancel();
  }

  override willUpdate(): void {
    const route = this.app.route.get();
    this.pane = route.name === 'home' ? 'side' : 'main';
    this.events.routed(route);
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.events.rendered();
  }

  override render(): TemplateResult {
    const { account, app } = this;
    const model = account.sync.model.get();
    const hidden = account.removals.hidden.get();
    const chats = this.#listed(model.chats, model.pending, hidden);
    const unread = totalUnread(model, hidden);
    const chat = this.openChat(model);
    const { app: name } = strings();
    app.shell.setTitle(
      `${unread > 0 ? `(${String(unread)}) ` : ''}${chat === null ? name : `${nameOf(chat.peer)} – ${name}`}`,
    );
    return html`<header class="aloud"><h1>${name}</h1></header>
      <aside>${this.#side(model, chats)}</aside>
      <main tabindex="-1">
        ${this.#barAbove ? this.#bar() : nothing}${this.#main(model, chat, chats.length)}
      </main>
      <toast-bar .toast=${this.events.toast}></toast-bar>
      <div class="aloud" aria-live="polite">${this.#aloud(model, chat)}</div>
      ${this.panel === 'switcher' ? html`<quick-switcher .chats=${chats}></quick-switcher>` : nothing}
      ${this.panel === 'keys' ? html`<key-sheet></key-sheet>` : nothing}`;
  }

  /** The conversation in sight, unless it is being deleted. */
  openChat(model: Model): Chat | null {
    const route = this.app.route.get();
    if (route.name !== 'chat' || this.account.removals.hidden.get().has(route.chatId)) return null;
    return model.chats.get(route.chatId) ?? null;
  }

  /** Long enough without a connection to doubt what it told. */
  get #online(): boolean {
    const { phase } = this.account.sync.connection.get();
    return phase !== 'waiting' && phase !== 'yielded';
  }

  /** Where the list can't be seen, its state of the connection can't either. */
  get #barAbove(): boolean {
    return this.pane === 'main' && narrow();
  }

  #bar(): TemplateResult {
    return html`<connection-bar
      .connection=${this.account.sync.connection.get()}
      .reconnect=${this.events.reconnect}
    ></connection-bar>`;
  }

  #side(model: Model, chats: readonly Chat[]): TemplateResult {
    const { account } = this;
    const bar = this.#barAbove ? nothing : this.#bar();
    if (this.panel === 'people') {
      return html`<new-conversation
          .found=${account.people.found.get()}
          .problem=${this.events.going.problem}
          .opening=${this.events.going.opening}
          .now=${this.now}
          .type=${this.events.typePeople}
          .retry=${this.events.retryPeople}
        ></new-conversation
        >${bar}`;
    }
    if (this.panel === 'search') {
      return html`<search-panel
          .found=${account.search.found.get()}
          .chats=${model.chats}
          .now=${this.now}
          .problem=${this.events.going.problem}
          .opening=${this.events.going.opening}
          .type=${this.events.typeSearch}
          .retry=${this.events.retrySearch}
          .more=${this.events.moreFound}
        ></search-panel
        >${bar}`;
    }
    return html`${this.#top()}${bar}
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

  #top(): TemplateResult {
    const { app, list } = strings();
    const button = (
      panel: Emitted['open-panel']['panel'],
      label: string,
      icon: TemplateResult,
    ): TemplateResult =>
      html`<button
        class="icon"
        type="button"
        aria-label=${label}
        title=${label}
        @click=${() => {
          emit(this, 'open-panel', { panel });
        }}
      >
        ${icon}
      </button>`;
    return html`<div class="top">
      <div class="brand">${app}</div>
      ${button('keys', list.keys, keysIcon)} ${button('settings', list.settings, settingsIcon)}
      ${button('search', list.search, searchIcon)} ${button('people', list.start, composeIcon)}
    </div>`;
  }

  #main(model: Model, chat: Chat | null, count: number): TemplateResult {
    const { account } = this;
    const listed = account.sync.listed.get() ? count : null;
    const route = this.app.route.get();
    if (route.name === 'settings') return this.#settings(model);
    if (chat === null) return this.#nothing(route.name === 'chat' && account.sync.listed.get(), listed);
    return html`<conversation-view
      .chat=${chat}
      .live=${model.timelines.get(chat.id) ?? null}
      .detour=${model.detours.get(chat.id) ?? null}
      .pending=${model.pending}
      .loading=${account.history.loading.get().get(chat.id) ?? null}
      .unreadAfter=${this.unreadAfter}
      .target=${this.target}
      .draft=${account.drafts.texts.get().get(chat.id) ?? ''}
      .typing=${model.typing.has(chat.id)}
      .online=${this.#online}
      .now=${this.now}
    ></conversation-view>`;
  }

  /** `listed`: how many conversations there are to choose from; null before it is known. */
  #nothing(gone: boolean, listed: number | null): TemplateResult {
    const { chat } = strings();
    if (!gone && listed === 0) return this.#welcome();
    const hint = modifierName() === '⌘' ? chat.noneHintMac : chat.noneHint;
    return html`<div class="nothing">
      <img src=${this.events.iconUrl} alt="" width="56" height="56" />
      <h2>${gone ? chat.gone : chat.none}</h2>
      <p>${hint}</p>
    </div>`;
  }

  #welcome(): TemplateResult {
    const { chat } = strings();
    const { username } = this.account.me;
    return html`<div class="nothing">
      <img src=${this.events.iconUrl} alt="" width="56" height="56" />
      <h2>${chat.welcome}</h2>
      <p>${chat.welcomeHint}</p>
      <p class="own"><bdi>${username}</bdi></p>
    </div>`;
  }

  #settings(model: Model): TemplateResult {
    const { account, app, events } = this;
    const { session, closing } = app.shell;
    return html`<settings-panel
      .username=${account.me.username}
      .server=${app.shell.server.address}
      .preferences=${app.preferences.current.get()}
      .notifications=${app.shell.notificationState()}
      .sessions=${account.sessions.list.get()}
      .unsent=${model.pending.length}
      .now=${this.now}
      .endSession=${events.endSession}
      .loadSessions=${events.loadSessions}
      .askVersion=${events.askVersion}
      .allowNotifications=${events.allowNotifications}
      .changePassword=${events.changePassword}
      .deleteAccount=${events.deleteAccount}
      .logOut=${events.logOut}
      .remembered=${session.choice === 'ask' ? session.remembers() : null}
      .tray=${closing === null ? null : app.preferences.current.get().tray}
      .rememberMe=${events.rememberMe}
      .keepInTray=${events.keepInTray}
    ></settings-panel>`;
  }

  /** New messages of the conversation in sight, for screen readers. */
  #aloud(model: Model, chat: Chat | null): unknown {
    const arrived = this.app.arrived.get();
    if (arrived === null) return nothing;
    const from = model.chats.get(arrived.chatId);
    if (from === undefined) return nothing;
    const words = strings().chat;
    const name = nameOf(from.peer);
    const elsewhere = chat !== null && chat.id !== arrived.chatId;
    const text = elsewhere ? words.arrivedElsewhere(name) : words.arrived(name, arrived.text.slice(0, 500));
    // A new element each time: the same words twice would be no change, and nobody would hear them.
    return keyed(arrived.id, html`<p>${text}</p>`);
  }

  #tick(): void {
    this.#clock = browserClock.after(MINUTE_MS, () => {
      this.now = browserClock.now();
      this.#tick();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-screen': ChatScreen;
  }
}
