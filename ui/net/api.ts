import type { SearchAnswer, SignedIn, Tokens } from '../../server/protocol/http.ts';
import type { Conversation, Message, Session, User } from '../../server/protocol/resources.ts';
import { TokenSource, type CredentialStore } from './credentials.ts';
import type { Clock } from './clock.ts';
import type { Exclusive } from './exclusive.ts';
import { send, type Fetch, type Request } from './http.ts';
import { ApiProblem } from './problem.ts';

export type SearchKind = 'messages' | 'conversations' | 'users';
export type Window = { readonly before: number } | { readonly after: number } | { readonly around: number };

/** Hits of one kind in an answer, at most. */
export const SEARCH_PAGE = 30;

export interface ApiDeps {
  readonly base: string;
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  readonly fetch: Fetch;
}

/** The HTTP routes of SPEC §4 as functions. Each rejects with ApiProblem only. */
export class Api {
  readonly tokens: TokenSource;
  readonly #deps: ApiDeps;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
    this.tokens = new TokenSource(deps.store, deps.clock, deps.exclusive, (refresh_token) =>
      this.#open<Tokens>({ method: 'POST', path: '/auth/refresh', body: { refresh_token } }),
    );
  }

  get base(): string {
    return this.#deps.base;
  }

  register(username: string, password: string, invite: string): Promise<SignedIn> {
    const body = invite === '' ? { username, password } : { username, password, invite };
    return this.#open({ method: 'POST', path: '/auth/register', body });
  }

  login(username: string, password: string): Promise<SignedIn> {
    return this.#open({ method: 'POST', path: '/auth/login', body: { username, password } });
  }

  /** `token`: when the store does not hold it any more. */
  async logout(token?: string): Promise<void> {
    const request = { method: 'POST', path: '/auth/logout', keepalive: true } as const;
    await (token === undefined ? this.#signed(request) : send(this.#deps.fetch, this.base, request, token));
  }

  me(): Promise<User> {
    return this.#signed({ method: 'GET', path: '/users/me' });
  }

  changePassword(current_password: string, new_password: string): Promise<void> {
    return this.#signed({
      method: 'POST',
      path: '/users/me/password',
      body: { current_password, new_password },
    });
  }

  deleteAccount(password: string): Promise<void> {
    return this.#signed({ method: 'DELETE', path: '/users/me', body: { password } });
  }

  /** Of the server that answers. */
  async version(): Promise<string> {
    return (await this.#open<{ version: string }>({ method: 'GET', path: '/healthz' })).version;
  }

  async sessions(): Promise<readonly Session[]> {
    return (await this.#signed<{ sessions: Session[] }>({ method: 'GET', path: '/users/me/sessions' }))
      .sessions;
  }

  revokeSession(id: string): Promise<void> {
    return this.#signed({ method: 'DELETE', path: `/users/me/sessions/${id}` });
  }

  /** Whose names hold all words of `query`; those whose names begin with the first one come first. */
  async people(query: string): Promise<readonly User[]> {
    const { users } = await this.search(query, 'users');
    return users.map(({ highlights: _highlights, ...user }) => user);
  }

  openConversation(recipient_id: string): Promise<Conversation> {
    return this.#signed({ method: 'POST', path: '/conversations', body: { recipient_id } });
  }

  conversations(before?: string): Promise<{ conversations: Conversation[]; next: string | null }> {
    return this.#signed({ method: 'GET', path: '/conversations', query: { limit: 100, before } });
  }

  conversation(id: string): Promise<Conversation> {
    return this.#signed({ method: 'GET', path: `/conversations/${id}` });
  }

  deleteConversation(id: string, keepalive = false): Promise<void> {
    return this.#signed({ method: 'DELETE', path: `/conversations/${id}`, keepalive });
  }

  messages(
    id: string,
    window: Window | null,
    limit = 50,
  ): Promise<{ messages: Message[]; has_more: boolean }> {
    return this.#signed({
      method: 'GET',
      path: `/conversations/${id}/messages`,
      query: { ...window, limit },
    });
  }

  search(q: string, type?: SearchKind, before?: string, limit = SEARCH_PAGE): Promise<SearchAnswer> {
    return this.#signed({ method: 'GET', path: '/search', query: { q, type, before, limit } });
  }

  #open<T>(request: Request): Promise<T> {
    return send(this.#deps.fetch, this.#deps.base, request, null);
  }

  /** With the access token; renewed once when the server refuses it. */
  async #signed<T>(request: Request): Promise<T> {
    const token = await this.tokens.access();
    try {
      return await send<T>(this.#deps.fetch, this.#deps.base, request, token);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'unauthorized') throw error;
      const renewed = await this.tokens.renew(token);
      return send(this.#deps.fetch, this.#deps.base, request, renewed);
    }
  }
}
