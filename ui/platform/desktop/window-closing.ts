import type { Closing, TrayWords } from '../shell.ts';
import type { Native } from './native.ts';

/** The app waits this many milliseconds for pending work before it ends. The launcher waits a little longer. */
const SETTLE_MS = 2_500;
/** The launcher passes this option if it found a system tray. Without one, the system accepts the icon, but nobody
 *  sees it. */
export const TRAY = '--parley-tray';

const hasTray = ({ system, args }: Native): boolean => system !== 'Linux' || args.includes(TRAY);

/** Neutralino only reports that the user wants to close the window. The client decides what happens then. */
export class WindowClosing implements Closing {
  readonly #native: Native;
  readonly #after: (ms: number, run: () => void) => unknown;
  #hides = false;
  #settle: () => Promise<unknown> = () => Promise.resolve();
  #quitting = false;

  constructor(native: Native, after: (ms: number, run: () => void) => unknown) {
    this.#native = native;
    this.#after = after;
    native.on('windowClose', () => {
      if (this.#hides) void native.hideWindow();
      else void this.quit();
    });
    const chosen = (detail: unknown): void => {
      const { id } = detail as { readonly id?: unknown };
      if (id === 'show') void native.showWindow();
      else if (id === 'quit') void this.quit();
    };
    native.on('trayMenuItemClicked', chosen);
    native.on('mainMenuItemClicked', chosen);
  }

  async hideToTray(hide: boolean, words: TrayWords): Promise<boolean> {
    try {
      // Without the tray entry, a hidden window could not be brought back.
      if (hide && !hasTray(this.#native)) throw new Error('no tray');
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
    await Promise.race([this.#settle().catch(() => undefined), late]);
    await this.#native.exit();
  }
}
