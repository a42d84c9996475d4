import { Api } from '../net/api.ts';
import { withTokens, type CredentialStore, type Credentials } from '../net/credentials.ts';
import { browserClock } from '../net/clock.ts';
import { browserExclusive } from '../net/exclusive.ts';
import { newId } from '../net/ids.ts';
import { watchConnection } from '../net/connection-watch.ts';
import type { SignedIn } from '../../server/protocol/http.ts';
import type { Ending } from '../shell/session-keeper.ts';
import type { Shell } from '../shell/shell.ts';
import { siteStorage } from '../shell/site-storage.ts';
import { Account } from './account.ts';
import { credentialsOf, keptCredentials } from './credential-store.ts';
import { finishDeletions } from './begun-deletions.ts';
import { browserLink } from './browser-link.ts';
import { openDisk } from './disk-idb.ts';
import type { ChatMessage } from './model.ts';
import { Navigation } from './navigation.ts';
import { narrow } from './one-pane.ts';
import { KEEPS, type SignOutReason, type Phase } from './phase.ts';
import { PreferenceBook, wantedLanguages } from './preferences.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Route } from './route.ts';
import { signal } from './signal.ts';
import { accountNotices } from './account-notices.ts';
import { TabChannel } from './tab-channel.ts';
import { language } from '../strings/locale.ts';
import { strings } from '../strings/strings.ts';
import { useLanguage } from '../strings/use-language.ts';

interface Entry {
  readonly username: string;
  readonly password: string;
  readonly remember: boolean;
}

/** Looked up at each use: where site data is blocked that throws. */
const plainStorage: Pick<Storage, 'getItem' | 'setItem'> = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => {
    localStorage.setItem(key, value);
  },
};
/** Logging out waits no longer for the network. */
const LOGOUT_MS = 2_000;
const after = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    browserClock.after(ms, () => {
      resolve(null);
    });
  });

/** The client's composition root below the elements: who is signed in, and where in the client they are. */
export class App {
  readonly phase = signal<Phase>({ name: 'starting' });
  readonly navigation = new Navigation({ history, location, clock: browserClock, narrow });
  readonly route = this.navigation.route;
  readonly preferences = new PreferenceBook(plainStorage);
  /** The tag of the language in use: when it changes, everything on screen is said anew. */
  readonly spoken = signal(language());
  /** Who was logged in here by another window, to be said once. */
  followed: string | null = null;
  /** The newest message of another person, for the live region. */
  readonly arrived = signal<ChatMessage | null>(null);
  readonly api: Api;
  readonly shell: Shell;
  readonly #store: CredentialStore;
  readonly #exclusive = browserExclusive((navigator as Partial<Navigator>).locks);
  /** The number of the newest login; an older one that still waits for its disk gives up. */
  #turn = 0;
  /** Ends what runs beside the account. */
  #release: () => void = () => undefined;
  /** How the person is ending the session just now: the server closes the socket before it answers, which is not to be told as
   *  something that happened to them. */
  #asked: SignOutReason | null = null;

  constructor(shell: Shell) {
    this.shell = shell;
    this.#store = keptCredentials(shell.session);
    this.api = this.#apiWith(this.#store);
  }

  #apiWith(store: CredentialStore): Api {
    const { shell } = this;
    return new Api({
      // The desktop window may choose another one while nobody is signed in.
      get base() {
        return shell.server.address;
      },
      store,
      clock: browserClock,
      exclusive: this.#exclusive,
      fetch: (input, init) => fetch(input, init),
    });
  }

  start(): void {
    watchConnection(() => this.#account?.sync.link);
    document.addEventListener('visibilitychange', () => {
      // Where windows can't tell each other what they wrote, and after one was frozen.
      if (document.visibilityState === 'visible') void this.#account?.followTabs();
      else void this.#account?.saveNow(true);
    });
    this.navigation.start();
    addEventListener('popstate', this.navigation.moved);
    addEventListener('storage', ({ key }) => {
      const { language } = this.preferences.current.get();
      this.preferences.follow(key);
      if (this.preferences.current.get().language !== language) void this.speak();
    });
    addEventListener('pagehide', () => {
      void this.#account?.settle();
    });
    this.shell.session.onChange((why) => void this.#otherWindow(why));
    this.shell.closing?.beforeQuit(() => this.#beforeQuit());
    void this.keepInTray(this.preferences.current.get().tray);
    const held = this.#store.read();
    if (held === null) this.phase.set({ name: 'signedOut', reason: null, username: '' });
    else void this.#enter({ id: held.userId, username: held.username });
    // Not before: what is entered now is not deleted.
    void finishDeletions(siteStorage);
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

  /** Shows that screen. */
  go(route: Route): void {
    this.navigation.go(route);
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
    const account = this.#account;
    if (account === null) return;
    this.#asked = 'loggedOut';
    const asked = account.undoableDeletes
      .flush()
      .then(() => account.api.tokens.access())
      .catch(() => null);
    const token = await Promise.race([asked, after(LOGOUT_MS)]);
    if (this.#account !== account) {
      // Another window was faster; what is here now is of a newer login.
      this.#asked = null;
      return;
    }
    // The other windows first: else the server closes their connections, and they wonder why.
    this.shell.session.end('loggedOut');
    // Without a network it is told later, if ever.
    const told = (token === null ? asked : Promise.resolve(token))
      .then((own) => (own === null ? undefined : this.api.logout(own)))
      .catch(() => undefined);
    await this.#leave('loggedOut');
    await told;
  }

  /** Rejects with ApiProblem, and nothing has happened then. */
  async deleteAccount(password: string): Promise<void> {
    const account = this.#account;
    this.#asked = 'accountDeleted';
    try {
      await account?.api.deleteAccount(password);
    } catch (error) {
      this.#asked = null;
      throw error;
    }
    if (this.#account === account) await this.#leave('accountDeleted');
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
    await account.settle();
    if (this.shell.session.remembers()) return;
    this.#asked = 'loggedOut';
    const unsent = account.sync.model.get().pending.length > 0 || account.drafts.texts.get().size > 0;
    await Promise.all([account.api.logout().catch(() => undefined), account.end(!unsent)]);
  }

  async #welcome(signedIn: SignedIn, remember: boolean): Promise<void> {
    const { user } = signedIn;
    this.shell.session.remember(remember);
    this.#store.write(withTokens({ userId: user.id, username: user.username }, signedIn, browserClock.now()));
    await this.#enter({ id: user.id, username: user.username });
  }

  async #enter(me: Account['me']): Promise<void> {
    const turn = ++this.#turn;
    this.#asked = null;
    const disk = await openDisk({
      userId: me.id,
      clock: browserClock,
      storage: siteStorage,
      isWanted: () => this.#store.read()?.userId === me.id,
    });
    const now = this.#store.read();
    if (turn !== this.#turn || now?.userId !== me.id) disk.close();
    if (turn !== this.#turn) return;
    if (now?.userId !== me.id) {
      // Another window was faster.
      await this.#show(now, 'loggedOutElsewhere', me.username);
      return;
    }
    const api = this.#apiWith(credentialsOf(this.#store, me.id));
    const channel = new TabChannel(`parley:${me.id}`, (what) => {
      void (what === 'drafts' ? account.drafts.follow() : account.syncPending());
    });
    const notices = accountNotices(this, () => account.sync.model.get());
    const account: Account = new Account({
      me,
      api,
      clock: browserClock,
      disk,
      exclusive: this.#exclusive,
      newId,
      link: browserLink(api),
      announce: (what) => {
        channel.announce(what);
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
      isSeen: () => document.visibilityState === 'visible',
      onMoved: (from, to) => {
        const route = this.route.get();
        if (route.name === 'chat' && route.chatId === from) this.navigation.replace({ ...route, chatId: to });
      },
      onOver: (why) => void this.#leave(this.#asked ?? why),
    });
    const ahead = new ReadAhead({
      clock: browserClock,
      history: account.history,
      model: () => account.sync.model.get(),
      isLive: () => account.sync.connection.get().phase === 'live',
    });
    this.#release = () => {
      channel.close();
      notices.stop();
      ahead.stop();
      this.arrived.set(null);
    };
    this.phase.set({ name: 'signedIn', account });
    await account.start();
  }

  async #leave(reason: SignOutReason): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    this.#asked = null;
    // A session that ended by itself was taken back by the renewal that was refused; what is there now is of a newer login.
    const ended = KEEPS.has(reason);
    if (!ended && this.#store.read()?.userId === account.me.id)
      this.shell.session.end(reason === 'loggedOut' ? 'loggedOut' : 'accountDeleted');
    this.#signedOut(reason, account.me.username);
    await this.#close(account, !ended);
  }

  /** `forget`: null where another window sees to what is on the device. */
  async #close(account: Account, forget: boolean | null): Promise<void> {
    this.#release();
    this.go({ name: 'home' });
    await account.end(forget);
    if (this.#account === null) this.shell.setTitle(strings().app);
  }

  #signedOut(reason: SignOutReason, name: string): void {
    const gone = reason === 'accountDeleted' || reason === 'deleted';
    this.phase.set({ name: 'signedOut', reason, username: gone ? '' : name });
  }

  /** Another window signed in or out; `why` when somebody there ended the session. */
  async #otherWindow(why: Ending | null): Promise<void> {
    const held = this.#store.read();
    const account = this.#account;
    if (account === null) {
      const phase = this.phase.get();
      if (held !== null && phase.name === 'signedOut') await this.#show(held, null, phase.username);
      return;
    }
    // The same person, whose tokens were renewed; after a new login what this window holds is not as the disk is.
    const isSame = held?.userId === account.me.id;
    if (isSame && why === null) return;
    const reason = why === 'accountDeleted' ? why : why === 'loggedOut' ? 'loggedOutElsewhere' : 'expired';
    if (held === null) this.#signedOut(reason, account.me.username);
    else this.phase.set({ name: 'starting' });
    void this.#close(account, why === null ? false : null);
    if (held !== null) await this.#show(held, null, account.me.username);
  }

  /** What another window left: somebody's session, or none. `before`: who was here. */
  async #show(held: Credentials | null, reason: SignOutReason | null, before: string): Promise<void> {
    if (held === null) {
      this.#signedOut(reason ?? 'loggedOutElsewhere', before);
      return;
    }
    if (held.username !== before) this.followed = held.username;
    this.phase.set({ name: 'starting' });
    await this.#enter({ id: held.userId, username: held.username });
  }
}
