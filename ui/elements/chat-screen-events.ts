import type { ReactiveController } from 'lit';
import { browserClock, type Timer } from '../net/clock.ts';
import type { Account } from '../state/account.ts';
import { onNarrow } from '../state/one-pane.ts';
import type { Preferences } from '../state/preferences.ts';
import { UNDO_MS } from '../state/undoable-deletes.ts';
import { parseRoute, type Route } from '../state/route.ts';
import { strings } from '../strings/strings.ts';
import { watchFiles } from './dropped-files.ts';
import type { Emitted } from './emit.ts';
import { ConversationNavigation } from './conversation-navigation.ts';
import { iconUrl } from './icon-url.ts';
import { loadPanels, loadUpdateOffer, PanelLoader, type LazyPanel } from './lazy.ts';
import type { Missing } from './load-part.ts';
import type { PaneHost } from './pane.ts';
import { NotificationPermission } from './notification-permission.ts';
import { ReadTracker } from './read-tracker.ts';
import type { Screen } from './screen.ts';
import { watchKeys } from './screen-keys.ts';
import type { Toast } from './toast-bar.ts';
import { keptWords, nameOf, problemWords } from './words.ts';

const NOTICE_MS = 2_500;
/** A sentence with something to do about it. */
const PROBLEM_MS = 10_000;
/** Of what is longer than a few words. */
const SENTENCE_MS = 6_000;
const IDLE_MS = 2_000;
/** What happens when something is clicked, typed or seen: events of the elements to calls of the state. */
export class ChatScreenEvents implements ReactiveController, PaneHost {
  readonly iconUrl = iconUrl;
  toast: Toast | null = null;
  readonly conversationNavigation: ConversationNavigation;
  readonly notifications: NotificationPermission;
  readonly panels = new PanelLoader(this, (panel, why) => {
    if (why === null) this.screen.requestUpdate();
    else this.#panelMissing(panel, why);
  });
  /** The conversation that the search is limited to; null for all of them. */
  within: string | null = null;
  readonly screen: Screen;
  #ending = new AbortController();
  #notice: Timer | null = null;
  #idle: Timer | null = null;
  #chatId: string | null = null;
  readonly #readTracker: ReadTracker;

  constructor(screen: Screen) {
    this.screen = screen;
    this.notifications = new NotificationPermission(screen);
    this.conversationNavigation = new ConversationNavigation(screen, () =>
      this.panels.pane('people')?.reset?.(),
    );
    this.#readTracker = new ReadTracker(screen);
    screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const on = <N extends keyof Emitted>(name: N, run: (detail: Emitted[N]) => void): void => {
      this.screen.addEventListener(
        name,
        (event) => {
          run((event as unknown as CustomEvent<Emitted[N]>).detail);
        },
        { signal },
      );
    };
    on('open-chat', ({ chatId, seq }) => void this.conversationNavigation.open(chatId, seq));
    on('open-person', ({ user }) => {
      this.#say(null);
      void this.conversationNavigation.converse(user);
    });
    on('leave-chat', () => {
      this.screen.app.navigation.leave();
    });
    on('open-layer', ({ close, opened }) => {
      opened(this.screen.app.navigation.openLayer(close));
    });
    on('remove-chat', ({ chatId }) => {
      this.#remove(chatId);
    });
    on('send-text', ({ text }) => {
      this.#send(text);
    });
    on('draft-text', ({ text }) => {
      this.#drafted(text);
    });
    on('retry-message', ({ id }) => void this.#account.retry(id));
    on('discard-message', ({ id }) => void this.#account.discard(id));
    on('discard-unsendable', ({ chatId, id }) => {
      void (id === null ? this.#account.drafts.drop(chatId) : this.#account.discard(id));
    });
    on('copy-text', ({ text }) => void this.#copy(text));
    on('need-older', () => void this.#onChat((id) => this.#account.history.older(id)));
    on('need-newer', () => void this.#onChat((id) => this.#account.history.newer(id)));
    on('need-newest', () => {
      this.screen.target = null;
      if (this.#chatId !== null) this.#account.history.back(this.#chatId);
    });
    on('let-go', () => {
      if (this.#chatId !== null) this.#account.history.letGo(this.#chatId);
    });
    on('retry-history', () => void this.#onChat((id) => this.conversationNavigation.retry(id)));
    on('dismiss-history', () => {
      if (this.#chatId !== null) this.#account.history.forgive(this.#chatId);
    });
    on('jump-unread', () => void this.#onChat((id) => this.conversationNavigation.toUnread(id)));
    on('seen', ({ seq }) => {
      if (this.#chatId !== null) this.#readTracker.saw(this.#chatId, seq);
    });
    on('open-panel', ({ panel, chatId }) => {
      this.openPanel(panel, chatId);
    });
    on('close-panel', () => {
      this.screen.app.navigation.closePanel();
    });
    on('search-within', ({ chatId }) => {
      this.#scope(chatId);
    });
    this.screen.addEventListener('click', this.#click, { signal });
    on('prefer', (change) => {
      this.#prefer(change);
    });
    watchKeys(this.screen, this.openPanel, signal);
    watchFiles(() => {
      this.#say(strings().composer.noFiles, undefined, SENTENCE_MS);
    }, signal);
    addEventListener('focus', this.#readTracker.told, { signal });
    onNarrow(() => {
      this.screen.requestUpdate();
    }, signal);
    document.addEventListener('visibilitychange', this.#readTracker.told, { signal });
    this.#idle = browserClock.after(IDLE_MS, () => {
      loadPanels();
      loadUpdateOffer(this.screen);
      this.notifications.watch(signal);
    });
  }

  hostDisconnected(): void {
    this.#ending.abort();
    this.#notice?.cancel();
    this.#idle?.cancel();
  }

  /** Before each render: another conversation may be in sight. */
  routed(route: Route): void {
    const panel = route.name === 'settings' ? 'settings' : this.screen.panel;
    if (panel !== null) this.panels.need(panel);
    const chatId = route.name === 'chat' ? route.chatId : null;
    const account = this.#account;
    if (chatId !== this.#chatId) {
      if (this.#chatId !== null) {
        const left = this.#chatId;
        queueMicrotask(() => {
          account.history.close(left);
        });
        account.typing.stopped();
      }
      this.#chatId = chatId;
      account.history.show(chatId);
      this.#readTracker.left();
      // Another attempt, not the sentence that was said the last time.
      if (chatId !== null)
        queueMicrotask(() => {
          account.history.forgive(chatId);
        });
      if (this.screen.target !== null && !this.conversationNavigation.jumping) this.screen.target = null;
    }
    if (chatId !== null) this.#readTracker.entered(chatId, this.conversationNavigation.jumping);
  }

  rendered(): void {
    this.panels.need('conversation');
    this.#tellWhoFollowed();
    const chatId = this.#chatId;
    const { sync, history } = this.#account;
    this.#tellWhatWasKept();
    if (chatId === null || !sync.model.get().chats.has(chatId)) return;
    if (!sync.model.get().timelines.has(chatId) && !history.loading.get().has(chatId))
      void history.open(chatId);
    this.#readTracker.shown(chatId);
  }

  readonly reconnect = (): void => {
    const { link } = this.#account.sync;
    if (link.state.phase === 'yielded') link.start();
    else link.nudge();
  };
  /** What is written stays: it is on the disk before the page goes. */
  readonly reload = (): void => {
    void this.#account.settle().finally(() => {
      location.reload();
    });
  };
  /** `chatId`: to search in. */
  readonly openPanel = (panel: Emitted['open-panel']['panel'], chatId?: string): void => {
    if (panel === 'settings') {
      this.screen.app.go({ name: 'settings' });
      return;
    }
    if (panel === 'search') this.#scope(chatId ?? null);
    this.screen.app.navigation.openPanel(panel, chatId !== undefined);
    if (panel === 'search' || panel === 'people') void this.#focusPanel();
  };
  /** Back from one that could not be loaded. */
  readonly leavePanel = (panel: LazyPanel): void => {
    const { navigation } = this.screen.app;
    if (panel === 'settings' || panel === 'conversation') navigation.leave();
    else navigation.closePanel();
  };
  readonly retryList = (): void => {
    this.#account.sync.retryList();
  };
  readonly say = (text: string): void => {
    this.#say(text, undefined, SENTENCE_MS);
  };

  get #account(): Account {
    return this.screen.account;
  }

  /** One that is open already; a new one takes the focus by itself. */
  async #focusPanel(): Promise<void> {
    await this.screen.updateComplete;
    this.screen.renderRoot.querySelector<HTMLElement>('search-panel, new-conversation')?.focus();
  }

  async #onChat(run: (chatId: string) => Promise<unknown>): Promise<void> {
    if (this.#chatId !== null) await run(this.#chatId);
  }

  /** Somebody else is here than before, by what was done in another window: said until it was seen. */
  #tellWhoFollowed(): void {
    const { app } = this.screen;
    // The screen of the one before may render once more.
    const phase = app.phase.get();
    if (app.followed === null || phase.name !== 'signedIn' || phase.account !== this.#account) return;
    const run = (): void => {
      this.#say(null);
    };
    const { loggedInElsewhere, close } = strings();
    this.#say(loggedInElsewhere(app.followed), { label: close, run }, Infinity);
    app.followed = null;
  }

  /** A conversation that was to be deleted, and is still there. */
  #tellWhatWasKept(): void {
    const { undoableDeletes, sync } = this.#account;
    const kept = undoableDeletes.kept.get();
    const chat = kept === null ? undefined : sync.model.get().chats.get(kept.chatId);
    if (kept === null || chat === undefined) return;
    undoableDeletes.kept.set(null);
    this.#say(keptWords(kept, nameOf(chat.peer)), undefined, PROBLEM_MS);
  }

  #remove(chatId: string): void {
    const chat = this.#account.sync.model.get().chats.get(chatId);
    if (chat === undefined) return;
    this.#account.undoableDeletes.remove(chatId);
    this.screen.app.go({ name: 'home' });
    const { chat: words, undo } = strings();
    const run = (): void => {
      this.#account.undoableDeletes.undo(chatId);
      this.#say(null);
      this.screen.app.go({ name: 'chat', chatId });
    };
    this.#say(words.removed(nameOf(chat.peer)), { label: undo, run }, UNDO_MS);
  }

  #send(text: string): void {
    if (this.#chatId === null) return;
    this.#account.history.back(this.#chatId);
    this.screen.unreadAfter = null;
    this.screen.target = null;
    this.#account.send(this.#chatId, text);
    this.notifications.offer();
  }

  #drafted(text: string): void {
    if (this.#chatId === null) return;
    this.#account.drafts.set(this.#chatId, text);
    if (text.trim() !== '') this.#account.typing.typed(this.#chatId);
  }

  async #copy(text: string): Promise<void> {
    const { copied, copyFailed } = strings().chat;
    const isCopied = await this.screen.app.shell.copy(text).catch(() => false);
    this.#say(isCopied ? copied : copyFailed, undefined, isCopied ? NOTICE_MS : SENTENCE_MS);
  }

  #scope(chatId: string | null): void {
    this.within = chatId;
    this.panels.pane('search')?.scoped?.();
  }

  /** A dialog that is not there is said in a line; a pane says it itself. */
  #panelMissing(panel: LazyPanel, why: Missing): void {
    this.screen.requestUpdate();
    if ((panel !== 'switcher' && panel !== 'keys') || panel !== this.screen.panel) return;
    this.panels.forget(panel);
    this.screen.app.navigation.closePanel();
    const { missing, reload, retry, updated } = strings();
    const again = (): void => {
      this.#say(null);
      this.openPanel(panel);
    };
    if (why === 'updated') this.#say(updated, { label: reload, run: this.reload }, PROBLEM_MS);
    else this.#say(missing, { label: retry, run: again }, PROBLEM_MS);
  }

  /** A link of the list; with a key held down, or another button, the browser opens it elsewhere. */
  readonly #click = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((at) => at instanceof HTMLAnchorElement);
    if (link === undefined) return;
    const isHere =
      link.origin === location.origin || link.href.startsWith(`${this.screen.app.shell.server.address}/#`);
    const route = parseRoute(isHere ? link.hash : '');
    if (route.name !== 'chat') return;
    event.preventDefault();
    void this.conversationNavigation.open(route.chatId);
  };

  #prefer(change: Emitted['prefer']): void {
    const book = this.screen.app.preferences;
    const { language } = book.current.get();
    for (const [name, value] of Object.entries(change)) book.set(name as keyof typeof change, value);
    if ('language' in change) void this.#speak(language);
  }

  async #speak(before: Preferences['language']): Promise<void> {
    if (await this.screen.app.speak()) return;
    this.screen.app.preferences.set('language', before);
    this.#say(problemWords('offline'), undefined, SENTENCE_MS);
  }

  #say(text: string | null, action?: Toast['action'], ms = NOTICE_MS): void {
    this.#notice?.cancel();
    this.toast = text === null ? null : action === undefined ? { text } : { text, action };
    this.screen.requestUpdate();
    if (text === null || ms === Infinity) return;
    this.#notice = browserClock.after(ms, () => {
      this.toast = null;
      this.screen.requestUpdate();
    });
  }
}
