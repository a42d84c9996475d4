import type { ReactiveController } from 'lit';
import { hashOf } from '../state/route.ts';
import { touch } from './attention.ts';
import type { Screen } from './screen.ts';
import type { ToastBar } from './toast-bar.ts';

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/** The focus is never lost: when what had it is gone from the screen, and nothing has taken it, it goes to what one
 *  would use next. */
export class FocusKeeper implements ReactiveController {
  readonly #screen: Screen;
  #shown = '';

  constructor(screen: Screen) {
    this.#screen = screen;
    screen.addController(this);
  }

  hostUpdated(): void {
    const { app, panel, view } = this.#screen;
    const parts = [hashOf(app.route.get()), panel, view !== null, this.#toast?.toast === null];
    const shown = parts.join(' ');
    if (shown === this.#shown) return;
    this.#shown = shown;
    void this.#look();
  }

  get #toast(): ToastBar | null {
    return this.#screen.renderRoot.querySelector('toast-bar');
  }

  /** After the parts below have rendered, and those that take the focus by themselves have taken it. */
  async #look(): Promise<void> {
    await nextFrame();
    const { view, renderRoot } = this.#screen;
    // Undo comes first: it is there for seconds only. A phone would open its keyboard over the messages.
    const places = [
      this.#toast,
      touch() ? null : view,
      renderRoot.querySelector('user-list'),
      renderRoot.querySelector<HTMLElement>('.top .icon:last-child'),
      renderRoot.querySelector('main'),
    ];
    for (const place of places) {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      if (this.#screen.isConnected) place?.focus();
    }
  }
}
