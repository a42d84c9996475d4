import { Api } from '../net/api.ts';
import { withTokens, type CredentialStore } from '../net/credentials.ts';
import { browserClock } from '../net/clock.ts';
import { browserExclusive } from '../net/exclusive.ts';
import { chance, newId } from '../net/ids.ts';
import { Link, type Socket } from '../net/link.ts';
import type { SignedIn } from '../../server/protocol/http.ts';
import type { Shell } from '../shell/shell.ts';
import { Account } from './account.ts';
import { keptCredentials } from './credential-store.ts';
import { openDisk } from './disk-idb.ts';
import type { ChatMessage, Model } from './model.ts';
import { Notices } from './notices.ts';
import { PreferenceBook, wantedLanguages } from './preferences.ts';
import { ReadAhead } from './read-ahead.ts';
import { resumeQuery, type ResumePoint } from './resume.ts';
import { hashOf, parseRoute, type Route } from './route.ts';
import { signal } from './signal.ts';
import { language, strings, useLanguage } from '../strings/strings.ts';

interface Entry {
  readonly username: string;
  readonly password: string;
  readonly remember: boolean;
}

/** Why somebody who was signed in stands before the login again. */
export type Farewell = 'expired' | 'deleted' | 'revoked' | 'loggedOut' | 'accountDeleted';

export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'signedOut'; readonly farewell: Farewell | null; readonly username: string }
  | { readonly name: 'signedIn'; readonly account: Account };

const socketUrl = (base: string, from: ResumePoint | null): string =>
  `${base.replace(/^http/, 'ws')}/ws${resumeQuery(from)}`;

/** The client's composition root below the elements: who is signed in, and where in the client they are. */
export class App {
  readonly phase = signal<Phase>({ name: 'starting' });
  readonly route = signal<Route>(parseRoute(location.hash));
  readonly preferences = new PreferenceBook(localStorage);
  /** The tag of the language in use: when it changes, everything on screen is said anew. */
  readonly spoken = signal(language());
  /** The newest message of another person, for the live region. */
  readonly arrived = signal<ChatMessage | null>(null);
  readonly api: Api;
  readonly shell: Shell;
  readonly #store: CredentialStore;
  readonly #exclusive = browserExclusive((navigator as Partial<Navigator>).locks);
  #channel: BroadcastChannel | null = null;
  /** What the person asked for: the socket may be closed before the answer comes. */
  #asked: Farewell | null = null;

  constructor(shell: Shell) {
    this.shell = shell;
    this.#store = keptCredentials(shell.session);
    this.api = new Api({
      // The desktop window may choose another one while nobody is signed in.
      get base() {
        return shell.server.address;
      },
      store: this.#store,
      clock: browserClock,
      exclusive: this.#exclusive,
      fetch: (input, init) => fetch(input, init),
    });
  }

  start(): void {
    addEventListener('hashchange', () => {
      const route = parseRoute(location.hash);
      if (hashOf(route) !== hashOf(this.route.get())) this.route.set(route);
    });
    addEventListener('online', () => {
      this.#account?.sync.link.nudge();
    });
    // Without a network a socket stays open and silent; a new one finds out at once.
    addEventListener('offline', () => {
      this.#account?.sync.link.restart();
    });
    addEventListener('pageshow', () => {
      this.#account?.sync.link.nudge();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#account?.sync.link.nudge();
      else void this.#account?.saveNow();
    });
    addEventListener('pagehide', () => {
      void this.#account?.settle();
    });
    this.shell.session.onChange(() => {
      this.#otherWindow();
    });
    this.shell.closing?.beforeQuit(() => this.#beforeQuit());
    void this.keepInTray(this.preferences.current.get().tray);
    const held = this.#store.read();
    if (held === null) this.phase.set({ name: 'signedOut', farewell: null, username: '' });
    else void this.#enter({ id: held.userId, username: held.username });
  }

  /** Whether this device holds a session: known before `start`. */
  get isSignedIn(): boolean {
    return this.#store.read() !== null;
  }

  /** Changes to the language of the preferences; false when it could not be loaded, and the old one stays. */
  async speak(): Promise<boolean> {
    const loaded = await useLanguage(wantedLanguages(this.preferences.current.get(), navigator.languages));
    this.spoken.set(language());
    // The tray speaks the new language too.
    if (this.phase.get().name !== 'starting') void this.keepInTray(this.preferences.current.get().tray);
    return loaded;
  }

  /** Shows that place; when this returns, the change is under way. */
  go(route: Route): void {
    if (location.hash === hashOf(route)) return;
    location.hash = hashOf(route);
    // Not only when the event comes: who asked waits for the new screen, to put the focus there.
    this.route.set(route);
  }

  /** Whether closing the window hides it; stays so where the system can do it, and resolves with what holds. */
  async keepInTray(wanted: boolean): Promise<boolean> {
    const { closing } = this.shell;
    if (closing === null || (!wanted && !this.preferences.current.get().tray)) return false;
    const { show, quit } = strings().desktop;
    const holds = await closing.hideToTray(wanted, { show, quit });
    this.preferences.set('tray', holds);
    return holds;
  }

  /** Rejects with ApiProblem. */
  async logIn({ username, password, remember }: Entry): Promise<void> {
    await this.#welcome(await this.api.login(username, password), remember);
  }

  /** Rejects with ApiProblem. */
  async register({
    username,
    password,
    invite,
    remember,
  }: Entry & { readonly invite: string }): Promise<void> {
    await this.#welcome(await this.api.register(username, password, invite), remember);
  }

  /** Ends the session here even when the server can't be told; nothing stays on the device. */
  async logOut(): Promise<void> {
    this.#asked = 'loggedOut';
    await this.api.logout().catch(() => undefined);
    await this.#leave('loggedOut');
  }

  /** Rejects with ApiProblem, and nothing has happened then. */
  async deleteAccount(password: string): Promise<void> {
    this.#asked = 'accountDeleted';
    try {
      await this.api.deleteAccount(password);
    } catch (error) {
      this.#asked = null;
      throw error;
    }
    await this.#leave('accountDeleted');
  }

  get #account(): Account | null {
    const phase = this.phase.get();
    return phase.name === 'signedIn' ? phase.account : null;
  }

  /** The program ends. Who is not remembered is logged out, as if they had done it; but what they wrote and what was not sent
   *  yet stays for their next login. */
  async #beforeQuit(): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    if (this.shell.session.remembers()) {
      await account.settle();
      return;
    }
    this.#asked = 'loggedOut';
    const unsent = account.sync.model.get().pending.length > 0;
    await Promise.all([this.api.logout().catch(() => undefined), account.end(!unsent)]);
  }

  async #welcome(signedIn: SignedIn, remember: boolean): Promise<void> {
    const { user } = signedIn;
    this.shell.session.remember(remember);
    this.#store.write(withTokens({ userId: user.id, username: user.username }, signedIn, browserClock.now()));
    await this.#enter({ id: user.id, username: user.username });
  }

  async #enter(me: Account['me']): Promise<void> {
    const disk = await openDisk(me.id);
    const channel = 'BroadcastChannel' in window ? new BroadcastChannel(`parley:${me.id}`) : null;
    const notices = this.#noticesFor(() => account.sync.model.get());
    const account: Account = new Account({
      me,
      api: this.api,
      clock: browserClock,
      disk,
      exclusive: this.#exclusive,
      newId,
      link: (from, onFrame, onState) =>
        new Link({
          open: (url, protocols) => new WebSocket(url, protocols) as Socket,
          clock: browserClock,
          random: chance,
          newId,
          url: () => socketUrl(this.api.base, from()),
          token: () => this.api.tokens.access(),
          renew: (refused) => this.api.tokens.renew(refused),
          alive: async () => !('deleted' in (await this.api.me())),
          onFrame,
          onState,
        }),
      announce: () => {
        channel?.postMessage('outbox');
      },
      onMessage: (message) => {
        this.arrived.set(message);
        notices.received(message);
      },
      onLive: (live) => {
        notices.connected(live);
        if (live) ahead.soon();
      },
      onReset: () => {
        notices.forget();
      },
      onMoved: (from, to) => {
        const route = this.route.get();
        if (route.name === 'chat' && route.chatId === from) this.go({ ...route, chatId: to });
      },
      onOver: (why) => {
        notices.stop();
        ahead.stop();
        void this.#leave(this.#asked ?? why);
      },
    });
    const ahead = new ReadAhead({
      clock: browserClock,
      history: account.history,
      model: () => account.sync.model.get(),
      isLive: () => account.sync.connection.get().phase === 'live',
    });
    channel?.addEventListener('message', () => {
      void account.syncPending();
    });
    this.#channel = channel;
    this.phase.set({ name: 'signedIn', account });
    await account.start();
  }

  async #leave(farewell: Farewell): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    this.#asked = null;
    this.#channel?.close();
    // A session that ended by itself was taken back by the renewal that was refused; what is there now is of a newer login.
    const ended = farewell === 'expired' || farewell === 'revoked';
    if (!ended && this.#store.read()?.userId === account.me.id) this.#store.write(null);
    const gone = farewell === 'accountDeleted' || farewell === 'deleted';
    this.phase.set({ name: 'signedOut', farewell, username: gone ? '' : account.me.username });
    this.go({ name: 'home' });
    // A session that was ended from outside keeps what was written and not sent, for the next login.
    await account.end(!ended);
  }

  /** Another window signed in or out. */
  #otherWindow(): void {
    const held = this.#store.read();
    const account = this.#account;
    if (account !== null && held?.userId !== account.me.id) location.reload();
    else if (account === null && held !== null && this.phase.get().name === 'signedOut') location.reload();
  }

  /** Tells of what comes while the person looks elsewhere. */
  #noticesFor(model: () => Model): Notices {
    return new Notices({
      clock: browserClock,
      chat: (chatId) => model().chats.get(chatId),
      wanted: () => this.preferences.current.get().notify,
      inSight: (chatId) => {
        const route = this.route.get();
        const open = route.name === 'chat' && route.chatId === chatId;
        return open && document.visibilityState === 'visible' && document.hasFocus();
      },
      show: ({ id, peer }, { text }) => {
        this.shell.notify({
          title: peer.username,
          body: this.preferences.current.get().preview ? text.slice(0, 200) : '',
          tag: id,
          onClick: () => {
            this.go({ name: 'chat', chatId: id });
          },
        });
      },
    });
  }
}
