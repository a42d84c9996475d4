import type { SearchAnswer } from '../../server/protocol/resources/search.ts';
import type { SignedIn, TokenPair } from '../../server/protocol/resources/account.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { SessionResource } from '../../server/protocol/resources/session.ts';
import type { OwnAccount, UserResource } from '../../server/protocol/resources/user.ts';
import { TokenSource, type CredentialStore } from './credentials.ts';
import type { Clock } from './clock.ts';
import type { Exclusive } from './exclusive.ts';
import { send, type Fetch, type HttpCall } from './http.ts';
import { ApiProblem } from './problem.ts';

export type SearchKind = 'messages' | 'conversations' | 'users';
export type Window = { readonly before: number } | { readonly after: number } | { readonly around: number };

interface ListPage {
  readonly conversations: ConversationResource[];
  readonly next: string | null;
}

/** How many conversations a first screen shows. `ui/boot.ts` names it too. */
const PREVIEW_SIZE = 12;

/** The maximum number of hits of one kind in an answer. */
export const SEARCH_PAGE = 30;

export interface ApiDeps {
  readonly base: string;
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  readonly fetch: Fetch;
}

/** The HTTP routes as functions. They reject with ApiProblem only. */
export class Api {
  readonly tokens: TokenSource;
  readonly #deps: ApiDeps;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
    this.tokens = new TokenSource(deps.store, deps.clock, deps.exclusive, (refresh_token) =>
      this.#open<TokenPair>({ method: 'POST', path: '/auth/refresh', body: { refresh_token } }),
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

  /** `code`: from the operator. */
  resetPassword(code: string, new_password: string): Promise<SignedIn> {
    return this.#open({ method: 'POST', path: '/auth/reset', body: { code, new_password } });
  }

  /** `token`: to be passed if the store no longer holds it. */
  async logout(token?: string): Promise<void> {
    const request = { method: 'POST', path: '/auth/logout', keepalive: true } as const;
    await (token === undefined ? this.signed(request) : send(this.#deps.fetch, this.base, request, token));
  }

  me(): Promise<OwnAccount> {
    return this.signed({ method: 'GET', path: '/users/me' });
  }

  /** What is not named stays as it is. Resolves with the profile as it is then. */
  changeProfile(change: {
    readonly display_name?: string | null;
    readonly about?: string | null;
  }): Promise<UserResource> {
    return this.signed({ method: 'PATCH', path: '/users/me', body: change });
  }

  setAvatar(picture: Blob): Promise<void> {
    return this.signed({ method: 'PUT', path: '/users/me/avatar', body: picture });
  }

  removeAvatar(): Promise<void> {
    return this.signed({ method: 'DELETE', path: '/users/me/avatar' });
  }

  avatar(userId: string): Promise<Blob> {
    return this.signed({ method: 'GET', path: `/users/${userId}/avatar`, answer: 'blob' });
  }

  changePassword(current_password: string, new_password: string): Promise<void> {
    return this.signed({
      method: 'POST',
      path: '/users/me/password',
      body: { current_password, new_password },
    });
  }

  deleteAccount(password: string): Promise<void> {
    return this.signed({ method: 'DELETE', path: '/users/me', body: { password } });
  }

  /** The version of the server that answers. */
  async version(): Promise<string> {
    return (await this.#open<{ version: string }>({ method: 'GET', path: '/healthz' })).version;
  }

  async sessions(): Promise<readonly SessionResource[]> {
    return (await this.signed<{ sessions: SessionResource[] }>({ method: 'GET', path: '/users/me/sessions' }))
      .sessions;
  }

  revokeSession(id: string): Promise<void> {
    return this.signed({ method: 'DELETE', path: `/users/me/sessions/${id}` });
  }

  /** Finds users whose names contain all words of `query`. Names that begin with the first word come first. */
  async people(query: string): Promise<readonly UserResource[]> {
    const { users } = await this.search(query, 'users');
    return users.map(({ highlights: _highlights, ...user }) => user);
  }

  openConversation(recipient_id: string): Promise<ConversationResource> {
    return this.signed({ method: 'POST', path: '/conversations', body: { recipient_id } });
  }

  /** `pinned`: only these. */
  conversations(before?: string, pinned?: 'true'): Promise<ListPage> {
    return this.signed({ method: 'GET', path: '/conversations', query: { limit: 100, before, pinned } });
  }

  /** What a first screen shows of the list. */
  newestConversations(): Promise<ListPage> {
    return this.signed({ method: 'GET', path: '/conversations', query: { limit: PREVIEW_SIZE } });
  }

  conversation(id: string): Promise<ConversationResource> {
    return this.signed({ method: 'GET', path: `/conversations/${id}` });
  }

  deleteConversation(id: string, keepalive = false): Promise<void> {
    return this.signed({ method: 'DELETE', path: `/conversations/${id}`, keepalive });
  }

  messages(
    id: string,
    window: Window | null,
    limit = 50,
  ): Promise<{ messages: MessageResource[]; has_more: boolean }> {
    return this.signed({
      method: 'GET',
      path: `/conversations/${id}/messages`,
      query: { ...window, limit },
    });
  }

  search(q: string, type?: SearchKind, before?: string, limit = SEARCH_PAGE): Promise<SearchAnswer> {
    return this.signed({ method: 'GET', path: '/search', query: { q, type, before, limit } });
  }

  #open<T>(request: HttpCall): Promise<T> {
    return send(this.#deps.fetch, this.#deps.base, request, null);
  }

  /** Any route. Sends a request with the access token. If the server refuses the token, renews it once and repeats. */
  async signed<T>(request: HttpCall): Promise<T> {
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
