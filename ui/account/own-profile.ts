import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { withProfileOf } from '../model/person.ts';
import { ASK_AGAIN_MS } from '../sync/refetch-queue.ts';
import type { Sync } from '../sync/sync.ts';

/** Keeps the user's own profile in the model. Its changes come as events; it is requested only where none can have told it. */
export class OwnProfile {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #sync: Sync;
  /** The connection for which it was requested last. */
  #askedIn = 0;

  constructor(api: Api, clock: Clock, sync: Sync) {
    this.#api = api;
    this.#clock = clock;
    this.#sync = sync;
  }

  /** Requests the profile if it is not known. */
  connected(): void {
    if (this.#sync.model.get().own === null) void this.ask();
  }

  /** Requests the profile once for each connection, until the server has answered or another connection begins. */
  async ask(): Promise<void> {
    const { generation } = this.#sync;
    if (this.#askedIn === generation) return;
    this.#askedIn = generation;
    const before = this.#sync.model.get().own;
    try {
      const own = await this.#api.me();
      // A change that came meanwhile is newer than the answer.
      if (generation === this.#sync.generation && before === this.#sync.model.get().own) this.learn(own);
    } catch {
      this.#clock.after(ASK_AGAIN_MS, () => {
        if (generation !== this.#sync.generation || this.#sync.isStopped) return;
        this.#askedIn = 0;
        void this.ask();
      });
    }
  }

  /** The server has answered with the user's own profile. */
  learn(user: UserResource): void {
    this.#sync.change((model) => {
      const own = model.own === null ? user : withProfileOf(model.own, user);
      return own === model.own ? model : { ...model, own };
    });
  }
}
