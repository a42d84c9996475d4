import type { Clock, Timer } from '../net/clock.ts';
import { newestFirst } from '../model/activity.ts';
import type { History } from './history.ts';
import type { Model } from '../model/model.ts';

export interface ReadAheadDeps {
  readonly clock: Clock;
  readonly history: Pick<History, 'open' | 'loading' | 'forgive'>;
  readonly model: () => Model;
  readonly isLive: () => boolean;
}

/** Delay after the connection is live, by when the user has usually got what they were waiting for. */
export const READ_AHEAD_MS = 2_000;
const CHATS_AHEAD = 15;

/** Loads the newest messages of the conversations used last, one conversation at a time, so that they can be read
 *  offline although nobody opened them on this device. Ignores failures, because nobody asked for this. */
export class ReadAhead {
  readonly #deps: ReadAheadDeps;
  #timer: Timer | null = null;
  #running = false;

  constructor(deps: ReadAheadDeps) {
    this.#deps = deps;
  }

  soon(): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(READ_AHEAD_MS, () => void this.#read());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #read(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { history, model, isLive } = this.#deps;
    const wanted = [...model().conversations.values()].sort(newestFirst).slice(0, CHATS_AHEAD);
    for (const { id, lastSeq } of wanted) {
      if (!isLive()) break;
      if (lastSeq === 0 || model().timelines.has(id)) continue;
      // A request of the user is running or has failed visibly. Leave both alone.
      if (history.loading.get().has(id)) continue;
      await history.open(id);
      if ((history.loading.get().get(id)?.problem ?? null) === null) continue;
      history.forgive(id);
      break;
    }
    this.#running = false;
  }
}
