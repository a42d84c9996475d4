import { Api } from '../net/api.ts';
import { withTokens, type CredentialStore, type Credentials } from '../net/credentials.ts';
import { browserClock } from '../net/clock.ts';
import type { Fetch } from '../net/http.ts';
import { browserExclusive } from '../net/exclusive.ts';
import { watchConnection } from '../net/connection-watch.ts';
import type { SignedIn } from '../../server/protocol/resources/account.ts';
import type { Ending } from '../platform/session-keeper.ts';
import type { Shell } from '../platform/shell.ts';
import { siteStorage } from '../platform/site-storage.ts';
import type { Account } from '../account/account.ts';
import { USER_KEYS } from '../account/user-keys.ts';
import { credentialsOf, keptCredentials } from '../account/credential-store.ts';
import { finishDeletions } from '../storage/begun-deletions.ts';
import { openDisk } from '../storage/disk-idb.ts';
import { Navigation } from '../navigation/navigation.ts';
import { narrow } from '../navigation/one-pane.ts';
import { LiveNews } from './live-news.ts';
import { openAccount } from './open-account.ts';
import { resetCodeIn } from './reset-code.ts';
import { KEEPS, type SignOutReason, type Phase } from './phase.ts';
import { PreferenceBook, wantedLanguages } from '../account/preferences.ts';
import type { ScreenRoute } from '../navigation/route.ts';
import { signal } from '../model/signal.ts';
import { language } from '../strings/locale.ts';
import { strings } from '../strings/strings.ts';
import { useLanguage } from '../strings/use-language.ts';

interface Entry {
  readonly username: string;
  readonly password: string;
  readonly remember: boolean;
}

/** Accesses `localStorage` at each use, because the access throws where site data is blocked. */
const plainStorage: Pick<Storage, 'getItem' | 'setItem'> = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => {
    localStorage.setItem(key, value);
  },
};
/** Logging out waits at most this many milliseconds for the network. */
const LOGOUT_MS = 2_000;
const after = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    browserClock.after(ms, () => {
      resolve(null);
    });
  });

/** The composition root of the client, below the elements: who is signed in, and which screen is shown. */
export class App {
  readonly phase = signal<Phase>({ name: 'starting' });
  readonly navigation = new Navigation({ history, location, clock: browserClock, narrow });
  readonly route = this.navigation.route;
  readonly preferences = new PreferenceBook(plainStorage);
  /** The tag of the language in use. When it changes, everything on screen is rendered again. */
  readonly spoken = signal(language());
  /** The username of somebody who logged in here from another window, in place of the former user. Shown once. */
  loggedInElsewhere: string | null = null;
  readonly news = new LiveNews();
  /** The code for a new password that the address holds; empty while it holds none. */
  readonly resetCode = signal(resetCodeIn(location));
  readonly api: Api;
  readonly shell: Shell;
  readonly #store: CredentialStore;
  readonly #fetch: Fetch;
  readonly #exclusive = browserExclusive((navigator as Partial<Navigator>).locks);
  /** Counts logins. A login that is still waiting for its disk gives up when a newer one begins. */
  #logins = 0;
  /** The last choice of whether closing the window hides it, when it has taken effect. */
  #tray = Promise.resolve(false);
  /** Releases what serves the account in this window only. */
  #release: () => void = () => undefined;
  /** The reason of the sign-out that the user has started. The server closes the WebSocket before it answers the
   *  request, and that close must not be reported as something that happened to the user. */
  #requestedSignOut: SignOutReason | null = null;

  /** `request`: sends the requests. */
  constructor(shell: Shell, request: Fetch = (input, init) => fetch(input, init)) {
    this.shell = shell;
    this.#fetch = request;
    this.#store = keptCredentials(shell.session);
    this.api = this.#apiWith(this.#store);
  }

  #apiWith(store: CredentialStore): Api {
    const { shell } = this;
    return new Api({
      // The desktop window may choose another server while nobody is signed in.
      get base() {
        return shell.server.address;
      },
      store,
      clock: browserClock,
      exclusive: this.#exclusive,
      fetch: this.#fetch,
    });
  }

  start(): void {
    watchConnection(() => this.#account?.sync.link);
    document.addEventListener('visibilitychange', () => {
      // Other windows may have written something: not all browsers have channels between windows, and a frozen window
      // receives nothing.
      if (document.visibilityState === 'visible') void this.#account?.followTabs();
      else void this.#account?.saveNow(true);
    });
    this.navigation.start();
    addEventListener('popstate', this.navigation.moved);
    addEventListener('hashchange', () => {
      this.resetCode.set(resetCodeIn(location));
    });
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
    void this.keepInTray();
    const held = this.#store.read();
    if (held === null) this.#signedOut(null, '');
    else void this.#enter({ id: held.userId, username: held.username });
    // Only after `#enter` has cancelled the deletion of the database that it opens.
    void finishDeletions(siteStorage);
  }

  /** Whether this device holds a session. Known before `start`. */
  get isSignedIn(): boolean {
    return this.#store.read() !== null;
  }

  /** Switches to the language of the preferences. Returns false if it could not be loaded; the old language then
   *  stays. */
  async speak(): Promise<boolean> {
    const loaded = await useLanguage(wantedLanguages(this.preferences.current.get(), navigator.languages));
    this.spoken.set(language());
    // The tray menu switches its language too.
    if (this.phase.get().name !== 'starting') void this.keepInTray();
    return loaded;
  }

  go(route: ScreenRoute): void {
    this.navigation.go(route);
  }

  /** Chooses whether closing the window hides it; without a choice, it stays as it is. Remembers the choice only where
   *  the system has a tray. Resolves with the setting in effect. The system may be slow: the last choice holds. */
  keepInTray(choice?: boolean): Promise<boolean> {
    this.#tray = this.#tray.then(() => this.#hideToTray(choice));
    return this.#tray;
  }

  async #hideToTray(choice: boolean | undefined): Promise<boolean> {
    const { closing } = this.shell;
    const { tray } = this.preferences.current.get();
    const wanted = choice ?? tray;
    if (closing === null || (!wanted && !tray)) return false;
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

  /** With the code in the address, which is good once. Rejects with ApiProblem. */
  async resetPassword(password: string): Promise<void> {
    const signedIn = await this.api.resetPassword(this.resetCode.get(), password);
    this.forgetResetCode();
    await this.#welcome(signedIn, false);
  }

  /** Takes the code out of the address, so that a reload does not ask for a password again. */
  forgetResetCode(): void {
    history.replaceState(history.state, '', location.pathname);
    this.resetCode.set('');
  }

  /** Ends the session here even if the server can't be reached. Nothing stays on the device. */
  async logOut(): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    this.#requestedSignOut = 'loggedOut';
    const asked = account.undoableDeletes
      .flush()
      .then(() => account.api.tokens.access())
      .catch(() => null);
    const token = await Promise.race([asked, after(LOGOUT_MS)]);
    if (this.#account !== account) {
      // Another window logged out first. A session that is here now comes from a newer login.
      this.#requestedSignOut = null;
      return;
    }
    // Tells the other windows first. Otherwise the server closes their connections and they don't know why.
    this.shell.session.end('loggedOut');
    // Without a network the server learns of it later, or never.
    const loggedOut = (token === null ? asked : Promise.resolve(token))
      .then((own) => (own === null ? undefined : this.api.logout(own)))
      .catch(() => undefined);
    await this.#leave('loggedOut');
    await loggedOut;
  }

  /** Rejects with ApiProblem; nothing has changed then. */
  async deleteAccount(password: string): Promise<void> {
    const account = this.#account;
    this.#requestedSignOut = 'accountDeleted';
    try {
      await account?.api.deleteAccount(password);
    } catch (error) {
      this.#requestedSignOut = null;
      throw error;
    }
    if (this.#account === account) await this.#leave('accountDeleted');
  }

  get #account(): Account | null {
    const phase = this.phase.get();
    return phase.name === 'signedIn' ? phase.account : null;
  }

  /** The program is about to end. A user who is not remembered is logged out, as if they had done so themselves. If
   *  they have drafts or unsent messages, those stay for their next login. */
  async #beforeQuit(): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    await account.settle();
    if (this.shell.session.remembers()) return;
    this.#requestedSignOut = 'loggedOut';
    await Promise.all([account.api.logout().catch(() => undefined), account.end(!account.hasUnsent)]);
  }

  async #welcome(signedIn: SignedIn, remember: boolean): Promise<void> {
    const { user } = signedIn;
    this.shell.session.remember(remember);
    this.#store.write(withTokens({ userId: user.id, username: user.username }, signedIn, browserClock.now()));
    await this.#enter({ id: user.id, username: user.username });
  }

  async #enter(me: Account['me']): Promise<void> {
    const login = ++this.#logins;
    this.#requestedSignOut = null;
    const disk = await openDisk({
      userId: me.id,
      clock: browserClock,
      storage: siteStorage,
      isWanted: () => this.#store.read()?.userId === me.id,
    });
    const now = this.#store.read();
    if (login !== this.#logins || now?.userId !== me.id) disk.close();
    if (login !== this.#logins) return;
    if (now?.userId !== me.id) {
      // Another window logged in or out first.
      await this.#show(now, 'loggedOutElsewhere', me.username);
      return;
    }
    const { account, release } = openAccount({
      me,
      api: this.#apiWith(credentialsOf(this.#store, me.id)),
      disk,
      exclusive: this.#exclusive,
      preferences: this.preferences,
      navigation: this.navigation,
      shell: this.shell,
      news: this.news,
      onOver: (why) => void this.#leave(this.#requestedSignOut ?? why),
    });
    this.#release = release;
    this.phase.set({ name: 'signedIn', account });
    await account.start();
  }

  async #leave(reason: SignOutReason): Promise<void> {
    const account = this.#account;
    if (account === null) return;
    this.#requestedSignOut = null;
    // If a session ended by itself, the refused renewal has already removed it. What is stored now comes from a newer
    // login.
    const ended = KEEPS.has(reason);
    if (!ended && this.#store.read()?.userId === account.me.id)
      this.shell.session.end(reason === 'loggedOut' ? 'loggedOut' : 'accountDeleted');
    this.#signedOut(reason, account.me.username);
    await this.#close(account, !ended);
  }

  /** `forget`: as in `Account.end`; null if another window takes care of the data on the device. */
  async #close(account: Account, forget: boolean | null): Promise<void> {
    this.#release();
    this.news.forget();
    this.go({ name: 'home' });
    if (forget === true) for (const key of USER_KEYS) siteStorage.removeItem(key);
    await account.end(forget);
    if (this.#account === null) this.shell.setTitle(strings().app);
  }

  #signedOut(reason: SignOutReason | null, name: string): void {
    const gone = reason === 'accountDeleted' || reason === 'deleted';
    this.shell.badge?.(0);
    this.phase.set({ name: 'signedOut', reason, username: gone ? '' : name });
  }

  /** Another window signed in or out. `why`: how a user ended the session there, or null. */
  async #otherWindow(why: Ending | null): Promise<void> {
    const held = this.#store.read();
    const account = this.#account;
    if (account === null) {
      const phase = this.phase.get();
      if (held !== null && phase.name === 'signedOut') await this.#show(held, null, phase.username);
      return;
    }
    // For the same user without `why`, only the tokens were renewed. After a new login, this window's state no longer
    // matches the disk.
    const isSame = held?.userId === account.me.id;
    if (isSame && why === null) return;
    const reason = why === 'accountDeleted' ? why : why === 'loggedOut' ? 'loggedOutElsewhere' : 'expired';
    if (held === null) this.#signedOut(reason, account.me.username);
    else this.phase.set({ name: 'starting' });
    void this.#close(account, why === null ? false : null);
    if (held !== null) await this.#show(held, null, account.me.username);
  }

  /** Shows what another window left: a user's session or none. `before`: the username shown here until now. */
  async #show(held: Credentials | null, reason: SignOutReason | null, before: string): Promise<void> {
    if (held === null) {
      this.#signedOut(reason ?? 'loggedOutElsewhere', before);
      return;
    }
    if (held.username !== before) this.loggedInElsewhere = held.username;
    this.phase.set({ name: 'starting' });
    await this.#enter({ id: held.userId, username: held.username });
  }
}
