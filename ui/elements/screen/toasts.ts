import { browserClock, type Timer } from '../../net/clock.ts';
import type { Toast } from './toast-bar.ts';

/** How long a toast is shown, in milliseconds. Sentences and problems take longer to read. */
export const SHORT_MS = 2_500;
export const SENTENCE_MS = 6_000;
export const PROBLEM_MS = 10_000;

/** Shows one toast at a time, which disappears by itself. */
export class Toasts {
  current: Toast | null = null;
  readonly #changed: () => void;
  #timer: Timer | null = null;

  /** `changed`: called when another toast is to be shown, or none. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** `ms`: how long to show it; `Infinity` shows it until another toast or `hide`. */
  show(text: string, ms: number, action?: Toast['action']): void {
    this.#set(action === undefined ? { text } : { text, action });
    if (ms !== Infinity)
      this.#timer = browserClock.after(ms, () => {
        this.#set(null);
      });
  }

  hide(): void {
    this.#set(null);
  }

  /** The screen is gone. */
  stop(): void {
    this.#timer?.cancel();
  }

  #set(toast: Toast | null): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.current = toast;
    this.#changed();
  }
}
