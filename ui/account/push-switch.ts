import { signal } from '../model/signal.ts';
import type { SiteStorage } from '../platform/site-storage.ts';
import type { BrowserPush, PushSupport } from '../platform/web-push.ts';
import type { PushApi } from './push-api.ts';
import { notePushWish } from './push-wish.ts';

/** Null until it is known whether the server sends pushes, and if it sends none. */
export interface PushChoice {
  readonly support: PushSupport;
  readonly isOn: boolean;
  readonly showText: boolean;
  /** The last change did not succeed: the server, or the push service of the browser, could not be reached; or notifications are not
   *  permitted. */
  readonly problem: 'failed' | 'denied' | null;
}

export interface PushSwitchDeps {
  readonly userId: string;
  readonly api: Pick<PushApi, 'state' | 'subscribe' | 'unsubscribe'>;
  readonly browser: BrowserPush;
  readonly storage: Pick<SiteStorage, 'setItem' | 'removeItem'>;
  /** Asks for the permission to notify. Resolves with whether it is given. */
  readonly askPermission: () => Promise<boolean>;
}

/** Whether this browser is told of messages while no window is open, for the settings. */
export class PushSwitch {
  readonly choice = signal<PushChoice | null>(null);
  readonly #deps: PushSwitchDeps;
  #key = '';

  constructor(deps: PushSwitchDeps) {
    this.#deps = deps;
  }

  /** Finds out how it is. If the server can't be reached, nothing is shown. */
  async load(): Promise<void> {
    const { api, browser } = this.#deps;
    const support = browser.pushSupport();
    const state = support === 'no' ? null : await api.state().catch(() => null);
    const key = state?.key ?? null;
    if (state === null || key === null) return;
    this.#key = key;
    if (support === 'install-first') {
      this.choice.set({ support, isOn: false, showText: false, problem: null });
      return;
    }
    const own = await browser.browserSubscription(key);
    const isOn = own !== null && own.endpoint === state.endpoint;
    this.choice.set({ support, isOn, showText: isOn && state.show_text, problem: null });
  }

  /** Must be called from a click, because it may open the browser's own question. */
  async turn(on: boolean): Promise<void> {
    if (!on) await this.#off();
    else if (await this.#deps.askPermission()) await this.#subscribe(this.choice.get()?.showText ?? false);
    else this.#change({ problem: 'denied' });
  }

  async setShowText(showText: boolean): Promise<void> {
    await this.#subscribe(showText);
  }

  /** The user leaves this browser. The server ends the subscription with the session. */
  async forget(): Promise<void> {
    notePushWish(this.#deps.storage, null);
    await this.#deps.browser.unsubscribeBrowser();
  }

  async #subscribe(showText: boolean): Promise<void> {
    const { api, browser, storage, userId } = this.#deps;
    try {
      await api.subscribe(await browser.subscribeBrowser(this.#key), showText);
      notePushWish(storage, { userId, showText });
      this.#change({ isOn: true, showText, problem: null });
    } catch {
      this.#change({ problem: 'failed' });
    }
  }

  async #off(): Promise<void> {
    // Without it the push service refuses what the server still sends, which the server then forgets.
    await this.forget();
    this.#change({ isOn: false, problem: null });
    await this.#deps.api.unsubscribe().catch(() => undefined);
  }

  #change(part: Partial<PushChoice>): void {
    const choice = this.choice.get();
    if (choice !== null) this.choice.set({ ...choice, ...part });
  }
}
