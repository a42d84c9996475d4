import { browserClock, type Timer } from '../../net/clock.ts';

/** While missed events arrive, the screen is rendered this often, in milliseconds. */
const REPLAY_MS = 1_000;
/** A hidden window gets no animation frames, so a timer takes their place. */
const UNSEEN_MS = 100;

const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      cancelAnimationFrame(frame);
      timer.cancel();
      resolve();
    };
    const frame = requestAnimationFrame(done);
    const timer = browserClock.after(UNSEEN_MS, done);
  });

/** Decides when a screen may render: immediately after a pause, otherwise once a frame. While missed events arrive,
 *  once a second. Changes in between are rendered together. */
export class RenderPace {
  /** Resolves when the frame of the last render has been painted. */
  #frame: Promise<void> | null = null;
  /** Runs for REPLAY_MS after the last render. */
  #rest: Timer | null = null;

  /** Returns when to render; null means now. */
  wait(isReplaying: () => boolean): Promise<void> | null {
    if (this.#frame === null && (this.#rest === null || !isReplaying())) return null;
    return this.#due(isReplaying);
  }

  rendered(): void {
    this.#frame = nextFrame().then(() => {
      this.#frame = null;
    });
    this.#rest?.cancel();
    this.#rest = browserClock.after(REPLAY_MS, () => {
      this.#rest = null;
    });
  }

  async #due(isReplaying: () => boolean): Promise<void> {
    await this.#frame;
    while (this.#rest !== null && isReplaying()) await nextFrame();
  }
}
