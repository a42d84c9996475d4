import type { Closing, TrayWords } from '../shell.ts';
import type { Native } from './native.ts';

/** So long the program waits for what is to be done before it ends. */
const SETTLE_MS = 2_000;

/** Neutralino only tells that somebody wants to close the window; what happens then is ours. */
export class WindowClosing implements Closing {
  readonly #native: Native;
  readonly #after: (ms: number, run: () => void) => unknown;
  readonly #settled: () => Promise<unknown>;
  #hides = false;
  #settle: () => Promise<unknown> = () => Promise.resolve();
  #quitting = false;

  /** `settled`: what the shell itself has to finish after the client has. */
  constructor(
    native: Native,
    after: (ms: number, run: () => void) => unknown,
    settled: () => Promise<unknown>,
  ) {
    this.#native = native;
    this.#after = after;
    this.#settled = settled;
    native.on('windowClose', () => {
      if (this.#hides) void native.hideWindow();
      else void this.quit();
    });
    native.on('trayMenuItemClicked', (detail) => {
      const { id } = detail as { readonly id?: unknown };
      if (id === 'show') void native.showWindow();
      else if (id === 'quit') void this.quit();
    });
  }

  async hideToTray(hide: boolean, words: TrayWords): Promise<boolean> {
    try {
      // Without the entry a hidden window could not be brought back.
      if (hide) await this.#native.setTray(words);
      this.#hides = hide;
    } catch {
      this.#hides = false;
    }
    return this.#hides;
  }

  beforeQuit(settle: () => Promise<unknown>): void {
    this.#settle = settle;
  }

  async quit(): Promise<void> {
    if (this.#quitting) return;
    this.#quitting = true;
    const late = new Promise<void>((resolve) => {
      this.#after(SETTLE_MS, resolve);
    });
    const done = this.#settle()
      .catch(() => undefined)
      .then(this.#settled);
    await Promise.race([done.catch(() => undefined), late]);
    await this.#native.exit();
  }
}
