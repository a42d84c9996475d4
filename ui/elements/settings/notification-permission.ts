import { touch } from '../shared/window-focus.ts';
import type { Screen } from '../screen/screen.ts';

/** Decides when to ask about notifications, and handles the answer. */
export class NotificationPermission {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Asks after the first message, because a user who has written expects an answer. */
  offer(): void {
    const { preferences, shell } = this.#screen.app;
    const { notify, notifyAsked } = preferences.current.get();
    if (!notify || notifyAsked || this.#screen.asksToNotify || shell.notificationState() !== 'default')
      return;
    void import('./notification-question.ts').then(
      () => {
        this.#screen.asksToNotify = true;
      },
      () => undefined,
    );
  }

  /** Must be called from a click, because it opens the browser's own prompt. */
  readonly answer = (allow: boolean): void => {
    if (allow) void this.#allowAll();
    this.#screen.app.preferences.set('notifyAsked', true);
    this.#screen.asksToNotify = false;
    if (!touch()) this.#screen.view?.focus();
  };

  async #allowAll(): Promise<void> {
    await this.allow();
    // The desktop window gets no pushes.
    if (this.#screen.app.shell.server.editable) return;
    const part = await import('./push-switch-of.ts').catch(() => null);
    await part?.alsoPush(this.#screen);
  }

  readonly allow = async (): Promise<void> => {
    await this.#screen.app.shell.askForNotifications();
    this.#screen.requestUpdate();
  };

  /** To be called some seconds after the start, so that elements loaded later have their properties. */
  watch(signal: AbortSignal): void {
    this.#screen.app.shell.watchNotifications?.(() => {
      this.#screen.requestUpdate();
    }, signal);
  }
}
