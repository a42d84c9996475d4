import type { SignedIn, TokenPair } from '../../server/protocol/resources/account.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import { ChatSocket, type Opening } from './chat-socket.ts';
import { http, type HttpAnswer, type HttpQuestion, type Through } from './http-client.ts';
import type { Scope } from './temp-dir.ts';

/** Where a server is found; a restarted one keeps its address. */
export interface Place {
  readonly url: string;
  readonly socketUrl: string;
  /** Behind a proxy, whose own headers are not held against the contract. */
  readonly through?: Through;
}

const questionTo = ({ through }: Place): Pick<HttpQuestion, 'through' | 'foreign'> =>
  through === undefined ? {} : { through, foreign: true };

export const PASSWORD = 'Correct-Horse-7';

/** One person: an account, its tokens, and the connections opened in its name. */
export class ChatClient {
  readonly id: string;
  readonly username: string;
  /** Seconds that the first access token is good for. */
  readonly expiresIn: number;
  accessToken: string;
  refreshToken: string;
  readonly #place: Place;
  readonly #scope: Scope;

  private constructor(scope: Scope, place: Place, signedIn: SignedIn) {
    this.#scope = scope;
    this.#place = place;
    this.id = signedIn.user.id;
    this.username = signedIn.user.username;
    this.expiresIn = signedIn.expires_in;
    this.accessToken = signedIn.access_token;
    this.refreshToken = signedIn.refresh_token;
  }

  static async register(scope: Scope, place: Place, username: string): Promise<ChatClient> {
    const answer = await http('POST', `${place.url}/auth/register`, {
      ...questionTo(place),
      body: { username, password: PASSWORD },
    });
    return new ChatClient(scope, place, expectStatus(answer, 201).json<SignedIn>());
  }

  /** A further session of a person that exists: another device. */
  static async login(scope: Scope, place: Place, username: string): Promise<ChatClient> {
    const body = { username, password: PASSWORD };
    const answer = await http('POST', `${place.url}/auth/login`, { ...questionTo(place), body });
    return new ChatClient(scope, place, expectStatus(answer, 200).json<SignedIn>());
  }

  /** The same person with the same session, at another host of the same cluster. */
  at(place: Place): ChatClient {
    const { id, username, expiresIn, accessToken, refreshToken } = this;
    return new ChatClient(this.#scope, place, {
      user: { id, username, created_at: '' },
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: expiresIn,
    } as SignedIn);
  }

  /** An HTTP request in this person's name. */
  async http(method: string, path: string, question: HttpQuestion = {}): Promise<HttpAnswer> {
    return await http(method, `${this.#place.url}${path}`, {
      ...questionTo(this.#place),
      token: this.accessToken,
      ...question,
    });
  }

  async get<T>(path: string): Promise<T> {
    return expectStatus(await this.http('GET', path), 200).json<T>();
  }

  async refresh(): Promise<void> {
    const answer = await http('POST', `${this.#place.url}/auth/refresh`, {
      ...questionTo(this.#place),
      body: { refresh_token: this.refreshToken },
    });
    const tokens = expectStatus(answer, 200).json<TokenPair>();
    this.accessToken = tokens.access_token;
    this.refreshToken = tokens.refresh_token;
  }

  async user(id: string): Promise<UserResource> {
    return await this.get(`/users/${id}`);
  }

  async conversationWith(peer: { readonly id: string }): Promise<ConversationResource> {
    const answer = await this.http('POST', '/conversations', { body: { recipient_id: peer.id } });
    if (answer.status !== 200) expectStatus(answer, 201);
    return answer.json();
  }

  /** The whole history of a conversation after a seq, page by page. */
  async history(conversationId: string, after = 0): Promise<readonly MessageResource[]> {
    const all: MessageResource[] = [];
    for (let from = after, more = true; more; from = all.at(-1)?.seq ?? from) {
      const page = await this.get<{ messages: MessageResource[]; has_more: boolean }>(
        `/conversations/${conversationId}/messages?after=${String(from)}&limit=200`,
      );
      all.push(...page.messages);
      more = page.has_more && page.messages.length > 0;
    }
    return all;
  }

  /** A connection, closed after the test. It has only been upgraded: `welcome` is the first frame to take. */
  async connect(opening: Opening = {}): Promise<ChatSocket> {
    const socket = await ChatSocket.open(this.#place.socketUrl, {
      ...(this.#place.through === undefined ? {} : { through: this.#place.through }),
      token: this.accessToken,
      ...opening,
    });
    this.#scope.after(() => {
      socket.terminate();
    });
    return socket;
  }

  /** A connection that has caught up; what was replayed is there to be taken. Returns the cursor of `sync` too. */
  async online(opening: Opening = {}): Promise<{ socket: ChatSocket; cursor: number }> {
    const socket = await this.connect(opening);
    await socket.next('welcome');
    const { payload } = await socket.next('sync');
    return { socket, cursor: payload.cursor };
  }
}

/** The answer, when it has the status expected; else an error that shows the answer. */
export const expectStatus = (answer: HttpAnswer, status: number): HttpAnswer => {
  if (answer.status === status) return answer;
  throw new Error(`expected ${String(status)}, got ${String(answer.status)}: ${answer.text}`);
};

/** Names of one length are in the order in which they were given. */
let people = 1_000;
/** A name nobody in this test file has yet, so that tests can share a server. */
export const freshName = (name: string): string => `${name}.${String((people += 1))}`;

/** Two people who have not met. */
export const twoPeople = async (scope: Scope, place: Place): Promise<readonly [ChatClient, ChatClient]> =>
  Promise.all([
    ChatClient.register(scope, place, freshName('ada')),
    ChatClient.register(scope, place, freshName('ben')),
  ]);
