import type { SignedIn } from '../../server/protocol/resources/account.ts';
import { keptCredentials } from '../account/credential-store.ts';
import { PreferenceBook, wantedLanguages } from '../account/preferences.ts';
import type { SignOutReason } from '../app/phase.ts';
import { signal } from '../model/signal.ts';
import { Api } from '../net/api.ts';
import { browserClock } from '../net/clock.ts';
import { withTokens, type CredentialStore } from '../net/credentials.ts';
import { browserExclusive } from '../net/exclusive.ts';
import { ApiProblem, problemCode, type ProblemCode } from '../net/problem.ts';
import type { Shell } from '../platform/shell.ts';
import { siteStorage } from '../platform/site-storage.ts';
import { language } from '../strings/locale.ts';
import { useLanguage } from '../strings/use-language.ts';
import { loadAdminStrings } from '../strings/load-admin-strings.ts';
import { AdminApi } from './admin-api.ts';
import { parseAdminRoute } from './admin-route.ts';

/** Who is in front of the admin page. `refused`: somebody who is no admin. `failed`: that could not be found out. */
export type AdminPhase =
  | { readonly name: 'starting' }
  | { readonly name: 'signedOut'; readonly reason: SignOutReason | null; readonly username: string }
  | { readonly name: 'refused'; readonly username: string }
  | { readonly name: 'failed'; readonly problem: ProblemCode }
  | { readonly name: 'ready'; readonly username: string };

/** Something that has to be confirmed. */
export interface Confirmation {
  readonly title: string;
  readonly text: string;
  readonly act: string;
  /** Whether it takes something away. */
  readonly isDanger: boolean;
  readonly answer: (yes: boolean) => void;
}

/** The composition root of the admin page, below the elements. It shares the session with the chat. */
export class AdminApp {
  readonly phase = signal<AdminPhase>({ name: 'starting' });
  readonly route = signal(parseAdminRoute(location.hash));
  readonly preferences = new PreferenceBook(siteStorage);
  readonly spoken = signal(language());
  readonly confirmation = signal<Confirmation | null>(null);
  /** What was done last, or why it was not. */
  readonly told = signal<{ readonly text: string; readonly isFault: boolean } | null>(null);
  readonly shell: Shell;
  readonly api: AdminApi;
  readonly #api: Api;
  readonly #store: CredentialStore;

  constructor(shell: Shell) {
    this.shell = shell;
    this.#store = keptCredentials(shell.session);
    this.#api = new Api({
      base: shell.server.address,
      store: this.#store,
      clock: browserClock,
      exclusive: browserExclusive((navigator as Partial<Navigator>).locks),
      fetch: (input, init) => fetch(input, init),
    });
    this.api = new AdminApi(this.#api);
  }

  start(): void {
    addEventListener('hashchange', () => {
      this.confirmation.get()?.answer(false);
      this.told.set(null);
      this.route.set(parseAdminRoute(location.hash));
    });
    addEventListener('storage', ({ key }) => {
      const { language: before } = this.preferences.current.get();
      this.preferences.follow(key);
      if (this.preferences.current.get().language !== before) void this.speak();
    });
    this.shell.session.onChange(() => void this.enter());
    void this.enter();
  }

  async speak(): Promise<void> {
    await useLanguage(wantedLanguages(this.preferences.current.get(), navigator.languages));
    await loadAdminStrings();
    this.spoken.set(language());
  }

  /** Finds out who is signed in, and whether they are an admin. */
  async enter(): Promise<void> {
    if (this.#store.read() === null) {
      this.phase.set({ name: 'signedOut', reason: null, username: '' });
      return;
    }
    try {
      const { username, role } = await this.api.me();
      this.phase.set({ name: role === 'admin' ? 'ready' : 'refused', username });
    } catch (error) {
      if (!this.#lost(error)) this.phase.set({ name: 'failed', problem: problemCode(error) });
    }
  }

  /** Rejects with ApiProblem. */
  async logIn(username: string, password: string): Promise<void> {
    await this.#welcome(await this.#api.login(username, password));
  }

  /** Rejects with ApiProblem. */
  async register(username: string, password: string, invite: string): Promise<void> {
    await this.#welcome(await this.#api.register(username, password, invite));
  }

  async logOut(): Promise<void> {
    const token = await this.#api.tokens.access().catch(() => undefined);
    this.shell.session.end('loggedOut');
    this.phase.set({ name: 'signedOut', reason: 'loggedOut', username: '' });
    await this.#api.logout(token).catch(() => undefined);
  }

  /** Loads something. Rejects with ApiProblem; if the session or the role is gone, the page has noticed it then. */
  async load<T>(work: (api: AdminApi) => Promise<T>): Promise<T> {
    try {
      return await work(this.api);
    } catch (error) {
      this.#lost(error);
      throw error;
    }
  }

  /** Does something, and says what `done` makes of it (nothing for null) or what went wrong. Resolves with what came of it;
   *  undefined if it was not done. */
  async act<T>(
    work: (api: AdminApi) => Promise<T>,
    done: (value: T) => string | null,
    wordsFor: (code: ProblemCode) => string,
  ): Promise<{ readonly value: T } | undefined> {
    try {
      const value = await this.load(work);
      const text = done(value);
      this.told.set(text === null ? null : { text, isFault: false });
      return { value };
    } catch (error) {
      this.told.set({ text: wordsFor(problemCode(error)), isFault: true });
      return undefined;
    }
  }

  confirm(question: Omit<Confirmation, 'answer'>): Promise<boolean> {
    this.confirmation.get()?.answer(false);
    return new Promise((resolve) => {
      const answer = (yes: boolean): void => {
        this.confirmation.set(null);
        resolve(yes);
      };
      this.confirmation.set({ ...question, answer });
    });
  }

  async #welcome(signedIn: SignedIn): Promise<void> {
    const { user } = signedIn;
    this.#store.write(withTokens({ userId: user.id, username: user.username }, signedIn, browserClock.now()));
    await this.enter();
  }

  /** Whether the session or the role is gone; then another screen is shown. */
  #lost(error: unknown): boolean {
    if (!(error instanceof ApiProblem)) return false;
    const phase = this.phase.get();
    const username = 'username' in phase ? phase.username : '';
    if (error.code === 'unauthorized') this.phase.set({ name: 'signedOut', reason: 'expired', username });
    else if (error.code === 'forbidden') this.phase.set({ name: 'refused', username });
    else return false;
    return true;
  }
}
