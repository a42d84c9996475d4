import { browserClock, type Timer } from '../net/clock.ts';

/** While missed events come in, the screen follows them this often. */
const REPLAY_MS = 1_000;
/** A window that is not shown gets no frames. */
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

/** When a screen may render: at once after a pause, else once a frame; while a thousand missed events come in, once a
 *  second. What changes in between is rendered together. */
export class RenderPace {
  /** Until the frame of the last render has been painted. */
  #frame: Promise<void> | null = null;
  /** Since the last render, until REPLAY_MS have passed. */
  #rest: Timer | null = null;

  /** Null: now. */
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
