import type { UserResource } from '../../server/protocol/resources/user.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { say } from '../support/say.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { Observations } from './observations.ts';
import type { Slowness } from './slowness.ts';
import type { ParleyHost } from './parley-host.ts';

/** SPEC: users of a host that is gone are offline within this time. */
const OFFLINE_MS = 6_000;
/** For a machine that is busy with other work. */
const TOLERANCE_MS = 2_000;
const SEEN_MS = 8_000;

/** A user who is at one host only and does not come back by themselves, and a friend at another one who looks whether they are there. */
export class LoneUser {
  readonly #user: ChatClient;
  readonly #friend: ChatClient;
  readonly #observations: Observations;
  readonly #slowness: Slowness;

  private constructor(user: ChatClient, friend: ChatClient, observations: Observations, slowness: Slowness) {
    this.#user = user;
    this.#friend = friend;
    this.#observations = observations;
    this.#slowness = slowness;
  }

  static async register(
    scope: Scope,
    at: ParleyHost,
    observations: Observations,
    slowness: Slowness,
  ): Promise<LoneUser> {
    const user = await ChatClient.register(scope, at, freshName('lone'));
    const friend = await ChatClient.register(scope, at, freshName('friend'));
    const { socket } = await user.online();
    // Who is written to may see presence from then on.
    const id = crypto.randomUUID();
    await say(socket, friend, 'hello', id);
    await socket.close();
    return new LoneUser(user, friend, observations, slowness);
  }

  /** Lets a host fail, and checks how long its user seems to be there. */
  async watch(failing: ParleyHost, other: ParleyHost, fail: () => void | Promise<void>): Promise<void> {
    const own = await this.#connect(this.#user, failing);
    const watching = await this.#connect(this.#friend, other);
    try {
      await eventually(
        'the friend to see the user',
        async () => (await this.#statusAt(other)) === 'online',
        SEEN_MS + this.#slowness.allowanceMs,
      );
      await fail();
      const since = performance.now();
      const ms = OFFLINE_MS + TOLERANCE_MS + this.#slowness.allowanceMs;
      await this.#untilOffline(watching, other, ms).catch((error: unknown) => {
        const after = `${(performance.now() - since).toFixed()} ms after ${failing.name} failed`;
        this.#observations.violate(
          `${this.#user.username} does not go offline at ${other.name}, ${after}: ${String(error)}`,
        );
      });
    } finally {
      own.terminate();
      watching.terminate();
    }
  }

  /** The friend is told so, or sees it, if their own connection is lost on a busy machine. */
  async #untilOffline(watching: ChatSocket, other: ParleyHost, ms: number): Promise<void> {
    let [isTold, isLost] = [false, false];
    watching.onFrame = ({ type, payload }) => {
      isTold ||= type === 'presence' && payload.user_id === this.#user.id && payload.status === 'offline';
    };
    void watching.closed.then(() => {
      isLost = true;
    });
    const isOver = async (): Promise<boolean> =>
      isTold || (isLost && (await this.#statusAt(other)) === 'offline');
    await eventually('a user of a dead host to be offline', isOver, ms);
  }

  async #connect(client: ChatClient, host: ParleyHost): Promise<ChatSocket> {
    const socket = await ChatSocket.open(host.socketUrl, { token: client.accessToken });
    await socket.next('sync');
    return socket;
  }

  async #statusAt(host: ParleyHost): Promise<string | null> {
    const { status } = await this.#friend
      .at(host)
      .get<UserResource & { status: string | null }>(`/users/${this.#user.id}`);
    return status;
  }
}
