import type { Clock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import type { Model } from '../model/model.ts';
import type { Disk } from '../storage/disk.ts';

const SAVE_MS = 400;

export interface CacheSaverDeps {
  readonly userId: string;
  readonly disk: Pick<Disk, 'save'>;
  readonly clock: Clock;
  readonly exclusive: Exclusive;
  readonly model: () => Model;
}

/** `waiting`: another tab saves. `saving`: this tab saves. `isDue`: a save is scheduled. */
type State =
  | { readonly name: 'waiting' }
  | { readonly name: 'saving'; readonly release: () => void; isDue: boolean }
  | { readonly name: 'stopped' };

/** Saves a cache of what the server knows, so that the next start can show it immediately. Only one tab saves, so
 *  that the rows and the cursor on disk always come from the same model. */
export class CacheSaver {
  readonly #deps: CacheSaverDeps;
  #state: State = { name: 'waiting' };

  constructor(deps: CacheSaverDeps) {
    this.#deps = deps;
  }

  /** Makes this the tab that saves, as soon as no other tab does. */
  start(): void {
    const { exclusive, userId } = this.#deps;
    void exclusive(
      `parley:cache:${userId}`,
      () =>
        new Promise<void>((release) => {
          if (this.#state.name === 'stopped') release();
          else this.#state = { name: 'saving', release, isDue: false };
        }),
    );
  }

  /** Schedules a save. To be called when the model has changed. */
  soon(): void {
    const state = this.#state;
    if (state.name !== 'saving' || state.isDue) return;
    state.isDue = true;
    this.#deps.clock.after(SAVE_MS, () => {
      state.isDue = false;
      void this.now();
    });
  }

  /** Saves now. Resolves when the cache is on disk, or when the disk has refused it. */
  async now(): Promise<void> {
    const model = this.#deps.model();
    if (this.#state.name !== 'saving' || model.cursor === null) return;
    await this.#deps.disk.save(model).catch(() => undefined);
  }

  /** Stops saving for good. Another tab may save from now on. */
  stop(): void {
    if (this.#state.name === 'saving') this.#state.release();
    this.#state = { name: 'stopped' };
  }
}
