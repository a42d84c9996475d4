import type { ReactiveController } from 'lit';
import { browserClock, type Timer } from '../../net/clock.ts';
import type { Account } from '../../account/account.ts';
import { onNarrow } from '../../navigation/one-pane.ts';
import type { MessageReference } from '../../model/model.ts';
import type { Preferences } from '../../account/preferences.ts';
import { UNDO_MS } from '../../account/undoable-deletes.ts';
import { parseRoute, type ScreenRoute } from '../../navigation/route.ts';
import { strings } from '../../strings/strings.ts';
import type { Emitted } from '../shared/emit.ts';
import { ConversationNavigation } from './conversation-navigation.ts';
import { DraftFileEvents } from './draft-file-events.ts';
import { FileLoader } from './file-loader.ts';
import { listen, type Handlers } from './listen.ts';
import { isListSettled } from './list-settled.ts';
import { loadFormatting, loadNoticeBars, loadPanels, loadUpdateOffer, manage, refusalWords } from './lazy.ts';
import type { PaneHost } from './pane.ts';
import { Panels } from './panels.ts';
import { PictureLoader } from './picture-loader.ts';
import { NotificationPermission } from '../settings/notification-permission.ts';
import { ReadTracker } from '../conversation/read-tracker.ts';
import type { Screen } from './screen.ts';
import { watchKeys } from './screen-keys.ts';
import { PROBLEM_MS, SENTENCE_MS, SHORT_MS, Toasts } from './toasts.ts';
import { keptWords, nameIn, problemWords } from '../shared/words.ts';

/** Delay before loading what the first screen does not need. */
const IDLE_MS = 2_000;

/** Translates events of the elements and of the window into calls of the account and the app. */
export class ChatScreenEvents implements ReactiveController, PaneHost {
  readonly screen: Screen;
  readonly toasts: Toasts;
  readonly panels: Panels;
  readonly conversationNavigation: ConversationNavigation;
  readonly notifications: NotificationPermission;
  readonly #readTracker: ReadTracker;
  #ending = new AbortController();
  #idle: Timer | null = null;
  #conversationId: string | null = null;
  #hasLoadedRest = false;

  constructor(screen: Screen) {
    this.screen = screen;
    this.toasts = new Toasts(() => {
      screen.requestUpdate();
    });
    this.panels = new Panels(screen, this, this.toasts, this.reload);
    this.notifications = new NotificationPermission(screen);
    this.conversationNavigation = new ConversationNavigation(screen, () =>
      this.panels.pane('people')?.reset?.(),
    );
    this.#readTracker = new ReadTracker(screen);
    new PictureLoader(screen);
    new FileLoader(this);
    new DraftFileEvents(this);
    screen.addController(this);
  }

  readonly #handlers: Handlers = {
    'open-chat': ({ conversationId, seq }) => void this.conversationNavigation.open(conversationId, seq),
    'open-person': ({ user }) => {
      this.toasts.hide();
      void this.conversationNavigation.converse(user);
    },
    'leave-chat': () => {
      this.screen.app.navigation.leave();
    },
    'open-layer': ({ close, opened }) => {
      opened(this.screen.app.navigation.openLayer(close));
    },
    'remove-chat': ({ conversationId }) => {
      this.#remove(conversationId);
    },
    manage: (request) => void manage(this, request),
    'send-text': ({ text }) => {
      this.#send(text);
    },
    'draft-text': ({ text }) => {
      this.#drafted(text);
    },
    'retry-message': ({ id }) => void this.#account.sender.retry(id),
    'discard-message': ({ id }) => void this.#account.sender.discard(id),
    'discard-unsendable': ({ conversationId, id }) => {
      const { drafts, files, sender } = this.#account;
      if (id === null) void files.get()?.drop(conversationId);
      void (id === null ? drafts.drop(conversationId) : sender.discard(id));
    },
    'reply-to': ({ message }) => {
      this.#reply(message);
    },
    react: ({ message, emoji }) => {
      if (this.#conversationId !== null) this.#account.reactions.set(this.#conversationId, message, emoji);
    },
    'jump-to': ({ seq }) => void this.#jump(seq),
    'need-original': ({ seq }) => {
      if (this.#conversationId !== null) this.#account.originals.need(this.#conversationId, seq);
    },
    'copy-text': ({ text }) => void this.#copy(text),
    'need-older': this.#inOpen((id) => void this.#account.history.older(id)),
    'need-newer': this.#inOpen((id) => void this.#account.history.newer(id)),
    'need-newest': () => {
      this.screen.target = null;
      if (this.#conversationId !== null) this.#account.history.back(this.#conversationId);
    },
    'let-go': this.#inOpen((id) => {
      this.#account.history.letGo(id);
    }),
    'retry-history': this.#inOpen((id) => void this.conversationNavigation.retry(id)),
    'dismiss-history': this.#inOpen((id) => {
      this.#account.history.forgive(id);
    }),
    'jump-unread': this.#inOpen((id) => void this.conversationNavigation.toUnread(id)),
    seen: ({ seq }) => {
      if (this.#conversationId !== null) this.#readTracker.saw(this.#conversationId, seq);
    },
    'open-panel': ({ panel, conversationId }) => {
      this.panels.open(panel, conversationId);
    },
    'close-panel': () => {
      this.screen.app.navigation.closePanel();
    },
    'search-within': ({ conversationId }) => {
      this.panels.searchIn(conversationId);
    },
    prefer: (change) => {
      this.#prefer(change);
    },
  };

  hostConnected(): void {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    listen(this.screen, this.#handlers, signal);
    this.screen.addEventListener('click', this.#click, { signal });
    watchKeys(this.screen, this.panels.open, signal);
    addEventListener('focus', this.#readTracker.report, { signal });
    document.addEventListener('visibilitychange', this.#readTracker.report, { signal });
    onNarrow(() => {
      this.screen.requestUpdate();
    }, signal);
    this.#idle = browserClock.after(IDLE_MS, () => {
      this.#loadRest();
      loadPanels();
      loadUpdateOffer(this.screen);
      this.notifications.watch(signal);
    });
  }

  hostDisconnected(): void {
    this.#ending.abort();
    this.toasts.stop();
    this.#idle?.cancel();
  }

  /** To be called before each render, because another conversation may be open. */
  routed(route: ScreenRoute): void {
    const panel = route.name === 'settings' ? 'settings' : this.screen.panel;
    if (panel !== null) this.panels.need(panel);
    const conversationId = route.name === 'conversation' ? route.conversationId : null;
    const account = this.#account;
    if (conversationId !== this.#conversationId) {
      if (this.#conversationId !== null) {
        const left = this.#conversationId;
        queueMicrotask(() => {
          account.history.close(left);
        });
        account.typing.stopped();
      }
      this.#conversationId = conversationId;
      account.history.show(conversationId);
      this.#readTracker.left();
      // Clears an earlier failure, so that opening the conversation tries again.
      if (conversationId !== null)
        queueMicrotask(() => {
          account.history.forgive(conversationId);
        });
      if (this.screen.target !== null && !this.conversationNavigation.jumping) this.screen.target = null;
    }
    if (conversationId !== null)
      this.#readTracker.entered(conversationId, this.conversationNavigation.jumping);
  }

  rendered(): void {
    const conversationId = this.#conversationId;
    const { sync, history } = this.#account;
    if (conversationId !== null || isListSettled(sync, this.screen.listed().length)) this.#loadRest();
    this.#reportLoginElsewhere();
    this.#reportKeptConversation();
    this.#reportRefusedReaction();
    if (conversationId === null || !sync.model.get().conversations.has(conversationId)) return;
    if (!sync.model.get().timelines.has(conversationId) && !history.loading.get().has(conversationId))
      void history.open(conversationId);
    this.#readTracker.shown(conversationId);
  }

  /** What comes after the list. */
  #loadRest(): void {
    this.panels.need('conversation');
    if (this.#hasLoadedRest) return;
    this.#hasLoadedRest = true;
    loadNoticeBars(this.screen);
    loadFormatting(this.screen);
  }

  readonly reconnect = (): void => {
    const { link } = this.#account.sync;
    if (link.state.phase === 'yielded') link.start();
    else link.nudge();
  };
  /** Reloads the page after drafts and cache are on disk. */
  readonly reload = (): void => {
    void this.#account.settle().finally(() => {
      location.reload();
    });
  };
  readonly retryList = (): void => {
    this.#account.sync.retryList();
  };
  readonly toast: PaneHost['toast'] = (text, action) => {
    this.toasts.show(text, SENTENCE_MS, action);
  };

  get within(): string | null {
    return this.panels.within;
  }

  get #account(): Account {
    return this.screen.account;
  }

  /** Makes a handler that runs with the open conversation, if there is one. */
  #inOpen(run: (conversationId: string) => void): () => void {
    return () => {
      if (this.#conversationId !== null) run(this.#conversationId);
    };
  }

  /** Another user signed in from another window. Shows a notice until the user closes it. */
  #reportLoginElsewhere(): void {
    const { app } = this.screen;
    // The screen of the former account may still render once more.
    const phase = app.phase.get();
    if (app.loggedInElsewhere === null || phase.name !== 'signedIn' || phase.account !== this.#account)
      return;
    const run = (): void => {
      this.toasts.hide();
    };
    const { loggedInElsewhere, close } = strings();
    this.toasts.show(loggedInElsewhere(app.loggedInElsewhere), Infinity, { label: close, run });
    app.loggedInElsewhere = null;
  }

  /** Reports a conversation that was to be deleted but is still there. */
  #reportKeptConversation(): void {
    const { undoableDeletes, sync } = this.#account;
    const kept = undoableDeletes.kept.get();
    const conversation = kept === null ? undefined : sync.model.get().conversations.get(kept.conversationId);
    if (kept === null || conversation === undefined) return;
    undoableDeletes.kept.set(null);
    this.toasts.show(keptWords(kept, nameIn(conversation.peer)), PROBLEM_MS);
  }

  /** Reports a reaction that the server did not accept. */
  #reportRefusedReaction(): void {
    const { refusal } = this.#account.reactions;
    const code = refusal.get();
    if (code === null) return;
    refusal.set(null);
    void refusalWords(code).then(this.toast);
  }

  #remove(conversationId: string): void {
    const conversation = this.#account.sync.model.get().conversations.get(conversationId);
    if (conversation === undefined) return;
    const wasOpen = conversationId === this.#conversationId;
    this.#account.undoableDeletes.remove(conversationId);
    if (wasOpen) this.screen.app.go({ name: 'home' });
    const { chat: words, undo } = strings();
    const run = (): void => {
      this.#account.undoableDeletes.undo(conversationId);
      this.toasts.hide();
      if (wasOpen) this.screen.app.go({ name: 'conversation', conversationId });
    };
    this.toasts.show(words.removed(nameIn(conversation.peer)), UNDO_MS, { label: undo, run });
  }

  #send(text: string): void {
    if (this.#conversationId === null) return;
    this.#account.history.back(this.#conversationId);
    this.screen.unreadAfter = null;
    this.screen.target = null;
    this.#account.sender.send(this.#conversationId, text);
    this.notifications.offer();
  }

  #reply(message: MessageReference | null): void {
    if (this.#conversationId === null) return;
    this.#account.drafts.reply(this.#conversationId, message);
    this.screen.view?.focus();
  }

  async #jump(seq: number): Promise<void> {
    const conversationId = this.#conversationId;
    if (conversationId !== null && !(await this.conversationNavigation.toMessage(conversationId, seq)))
      this.toast(problemWords('not_found'));
  }

  #drafted(text: string): void {
    if (this.#conversationId === null) return;
    this.#account.drafts.set(this.#conversationId, text);
    if (text.trim() !== '') this.#account.typing.typed(this.#conversationId);
  }

  async #copy(text: string): Promise<void> {
    const { copied, copyFailed } = strings().chat;
    const isCopied = await this.screen.app.shell.copy(text).catch(() => false);
    this.toasts.show(isCopied ? copied : copyFailed, isCopied ? SHORT_MS : SENTENCE_MS);
  }

  /** Opens a link of the list. With a modifier key, the browser opens it in another tab or window. */
  readonly #click = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((at) => at instanceof HTMLAnchorElement);
    if (link === undefined) return;
    const isHere =
      link.origin === location.origin || link.href.startsWith(`${this.screen.app.shell.server.address}/#`);
    const route = parseRoute(isHere ? link.hash : '');
    if (route.name !== 'conversation') return;
    event.preventDefault();
    void this.conversationNavigation.open(route.conversationId);
  };

  #prefer(change: Emitted['prefer']): void {
    const { preferences } = this.screen.app;
    const { language } = preferences.current.get();
    for (const [name, value] of Object.entries(change)) preferences.set(name as keyof typeof change, value);
    if ('language' in change) void this.#useLanguage(language);
  }

  async #useLanguage(before: Preferences['language']): Promise<void> {
    if (await this.screen.app.speak()) return;
    this.screen.app.preferences.set('language', before);
    this.toast(problemWords('offline'));
  }
}
