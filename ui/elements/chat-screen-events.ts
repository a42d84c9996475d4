import type { ReactiveController } from 'lit';
import { browserClock, type Timer } from '../net/clock.ts';
import type { Account } from '../state/account.ts';
import type { Preferences } from '../state/preferences.ts';
import { UNDO_MS } from '../state/removals.ts';
import type { Route } from '../state/route.ts';
import { strings } from '../strings/strings.ts';
import { narrow, onNarrow } from './attention.ts';
import type { Emitted } from './emit.ts';
import { Going } from './going.ts';
import { iconUrl } from './icon-url.ts';
import { loadPanel, loadPanels } from './lazy.ts';
import { panelFor } from './shortcuts.ts';
import { Reading } from './reading.ts';
import type { Screen } from './screen.ts';
import type { Toast } from './toast-bar.ts';
import { nameOf, problemWords } from './words.ts';
import { isComposing } from './writing-keys.ts';

const NOTICE_MS = 2_500;
const IDLE_MS = 2_000;
/** What happens when something is clicked, typed or seen: events of the elements to calls of the state. */
export class ChatScreenEvents implements ReactiveController {
  readonly iconUrl = iconUrl;
  toast: Toast | null = null;
  readonly going: Going;
  readonly #screen: Screen;
  #ending = new AbortController();
  #notice: Timer | null = null;
  #idle: Timer | null = null;
  #chatId: string | null = null;
  readonly #reading: Reading;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.going = new Going(screen);
    this.#reading = new Reading(screen);
    screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const on = <N extends keyof Emitted>(name: N, run: (detail: Emitted[N]) => void): void => {
      this.#screen.addEventListener(
        name,
        (event) => {
          run((event as unknown as CustomEvent<Emitted[N]>).detail);
        },
        { signal },
      );
    };
    on('open-chat', ({ chatId, seq }) => void this.going.open(chatId, seq));
    on('open-person', ({ user }) => void this.going.converse(user));
    on('leave-chat', () => {
      this.#screen.app.go({ name: 'home' });
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
    on('copy-text', ({ text }) => void this.#copy(text));
    on('need-older', () => void this.#onChat((id) => this.#account.history.older(id)));
    on('need-newer', () => void this.#onChat((id) => this.#account.history.newer(id)));
    on('need-newest', () => {
      this.#screen.target = null;
      if (this.#chatId !== null) this.#account.history.back(this.#chatId);
    });
    on('retry-history', () => void this.#onChat((id) => this.going.retry(id)));
    on('dismiss-history', () => {
      if (this.#chatId !== null) this.#account.history.forgive(this.#chatId);
    });
    on('jump-unread', () => void this.#onChat((id) => this.going.toUnread(id)));
    on('seen', ({ seq }) => {
      if (this.#chatId !== null) this.#reading.saw(this.#chatId, seq);
    });
    on('open-panel', ({ panel }) => {
      this.#openPanel(panel);
    });
    on('close-panel', () => void this.#closePanel());
    on('prefer', (change) => {
      this.#prefer(change);
    });
    addEventListener('keydown', this.#key, { signal });
    addEventListener('focus', this.#reading.told, { signal });
    onNarrow(() => {
      this.#screen.requestUpdate();
    }, signal);
    document.addEventListener('visibilitychange', this.#reading.told, { signal });
    this.#idle = browserClock.after(IDLE_MS, loadPanels);
  }

  hostDisconnected(): void {
    this.#ending.abort();
    this.#notice?.cancel();
    this.#idle?.cancel();
  }

  /** Before each render: another conversation may be in sight. */
  routed(route: Route): void {
    if (route.name === 'settings') loadPanel('settings');
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
      this.#reading.left();
      // Another attempt, not the sentence that was said the last time.
      if (chatId !== null)
        queueMicrotask(() => {
          account.history.forgive(chatId);
        });
      if (this.#screen.target !== null && !this.going.jumping) this.#screen.target = null;
    }
    if (chatId !== null) this.#reading.entered(chatId, this.going.jumping);
  }

  rendered(): void {
    const chatId = this.#chatId;
    const { sync, history } = this.#account;
    const problem = this.#account.removals.problem.get();
    if (problem !== null && this.toast?.text !== problemWords(problem)) this.#say(problemWords(problem));
    if (chatId === null || !sync.model.get().chats.has(chatId)) return;
    if (!sync.model.get().timelines.has(chatId) && !history.loading.get().has(chatId))
      void history.open(chatId);
    this.#reading.shown(chatId);
  }

  readonly reconnect = (): void => {
    const { link } = this.#account.sync;
    if (link.state.phase === 'yielded') link.start();
    else link.nudge();
  };
  readonly retryList = (): void => {
    this.#account.sync.retryList();
  };
  readonly typePeople = (query: string): void => {
    this.going.forgive();
    this.#account.people.type(query);
  };
  readonly typeSearch = (query: string): void => {
    this.going.forgive();
    this.#account.search.type(query);
  };
  readonly retryPeople = (): void => {
    this.#account.people.retry();
  };
  readonly retrySearch = (): void => {
    this.#account.search.retry();
  };
  readonly moreFound = (): void => void this.#account.searchMore();
  readonly endSession = (id: string): void => void this.#account.sessions.end(id);
  readonly loadSessions = (): void => void this.#account.sessions.load();
  readonly askVersion = (): Promise<string | null> => this.#screen.app.api.version().catch(() => null);
  readonly allowNotifications = (): void => {
    void this.#screen.app.shell.askForNotifications().then(() => {
      this.#screen.requestUpdate();
    });
  };
  /** The other sessions end with it, and the list says so. */
  readonly changePassword = async (current: string, next: string): Promise<void> => {
    await this.#account.api.changePassword(current, next);
    void this.#account.sessions.load();
  };
  readonly deleteAccount = (password: string): Promise<void> => this.#screen.app.deleteAccount(password);
  readonly logOut = (): Promise<void> => this.#screen.app.logOut();
  readonly rememberMe = (wanted: boolean): void => {
    this.#screen.app.shell.session.remember(wanted);
    this.#screen.requestUpdate();
  };
  readonly keepInTray = async (wanted: boolean): Promise<void> => {
    const holds = await this.#screen.app.keepInTray(wanted);
    if (wanted && !holds) this.#say(strings().desktop.noTray);
    this.#screen.requestUpdate();
  };

  get #account(): Account {
    return this.#screen.account;
  }

  async #onChat(run: (chatId: string) => Promise<unknown>): Promise<void> {
    if (this.#chatId !== null) await run(this.#chatId);
  }

  #remove(chatId: string): void {
    const chat = this.#account.sync.model.get().chats.get(chatId);
    if (chat === undefined) return;
    this.#account.removals.remove(chatId);
    this.#screen.app.go({ name: 'home' });
    const { chat: words, undo } = strings();
    const run = (): void => {
      this.#account.removals.undo(chatId);
      this.#say(null);
      this.#screen.app.go({ name: 'chat', chatId });
    };
    this.#say(words.removed(nameOf(chat.peer)), { label: undo, run }, UNDO_MS);
  }

  #send(text: string): void {
    if (this.#chatId === null) return;
    this.#account.history.back(this.#chatId);
    this.#screen.unreadAfter = null;
    this.#screen.target = null;
    this.#account.send(this.#chatId, text);
  }

  #drafted(text: string): void {
    if (this.#chatId === null) return;
    this.#account.drafts.set(this.#chatId, text);
    if (text !== '') this.#account.typing.typed(this.#chatId);
  }

  async #copy(text: string): Promise<void> {
    if (await this.#screen.app.shell.copy(text)) this.#say(strings().chat.copied);
  }

  #openPanel(panel: Emitted['open-panel']['panel']): void {
    loadPanel(panel);
    if (panel === 'settings') {
      this.#screen.app.go({ name: 'settings' });
      return;
    }
    this.#screen.panel = panel;
    if (narrow() && (panel === 'people' || panel === 'search')) this.#screen.app.go({ name: 'home' });
  }

  async #closePanel(): Promise<void> {
    const side = this.#screen.panel === 'people' || this.#screen.panel === 'search';
    this.#screen.panel = null;
    if (!side) return;
    await this.#screen.updateComplete;
    if (this.#screen.view !== null && !narrow()) this.#screen.view.focus();
    else this.#screen.shadowRoot?.querySelector<HTMLElement>('.top .icon:last-child')?.focus();
  }

  #prefer(change: Emitted['prefer']): void {
    const book = this.#screen.app.preferences;
    const { language } = book.current.get();
    for (const [name, value] of Object.entries(change)) book.set(name as keyof typeof change, value);
    if ('language' in change) void this.#speak(language);
  }

  async #speak(before: Preferences['language']): Promise<void> {
    if (await this.#screen.app.speak()) return;
    this.#screen.app.preferences.set('language', before);
    this.#say(problemWords('offline'));
  }

  #say(text: string | null, action?: Toast['action'], ms = NOTICE_MS): void {
    this.#notice?.cancel();
    this.toast = text === null ? null : action === undefined ? { text } : { text, action };
    this.#screen.requestUpdate();
    if (text === null) return;
    this.#notice = browserClock.after(ms, () => {
      this.toast = null;
      this.#account.removals.problem.set(null);
      this.#screen.requestUpdate();
    });
  }

  readonly #key = (event: KeyboardEvent): void => {
    const panel = panelFor(event);
    if (panel !== null) {
      event.preventDefault();
      this.#openPanel(panel);
    } else if (event.key === 'Escape' && !event.defaultPrevented && !isComposing(event)) {
      if (this.#screen.panel === 'people' || this.#screen.panel === 'search') void this.#closePanel();
      else if (this.#screen.app.route.get().name === 'settings') this.#screen.app.go({ name: 'home' });
    }
  };
}
