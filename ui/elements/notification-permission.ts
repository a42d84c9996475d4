import { touch } from './window-focus.ts';
import type { Screen } from './screen.ts';

/** When somebody is asked whether to be told of new messages, and what they answer. */
export class NotificationPermission {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** After the first message: somebody who writes waits for an answer. */
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

  /** Must be called from a click: the browser's own question comes with it. */
  readonly answer = (allow: boolean): void => {
    if (allow) this.allow();
    this.#screen.app.preferences.set('notifyAsked', true);
    this.#screen.asksToNotify = false;
    if (!touch()) this.#screen.view?.focus();
  };

  readonly allow = (): void => {
    void this.#screen.app.shell.askForNotifications().then(() => {
      this.#screen.requestUpdate();
    });
  };

  /** Called some seconds after the start: elements that are loaded later have their properties by then. */
  watch(signal: AbortSignal): void {
    this.#screen.app.shell.watchNotifications?.(() => {
      this.#screen.requestUpdate();
    }, signal);
  }
}
