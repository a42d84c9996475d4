import type { ReactiveController } from 'lit';
import { narrow } from '../state/one-pane.ts';
import { hashOf } from '../state/route.ts';
import { nextFrame } from './next-frame.ts';
import { touch } from './window-focus.ts';
import type { Screen } from './screen.ts';
import type { ToastBar } from './toast-bar.ts';

/** Whoever goes into a conversation can write at once. And the focus is never lost: when what had it is gone from the screen,
 *  and nothing has taken it, it goes to what one would use next, or where keys do nothing. */
export class FocusKeeper implements ReactiveController {
  readonly #screen: Screen;
  #ending = new AbortController();
  #shown = '';
  #visit = 0;
  #panel: Screen['panel'] = null;
  /** Somebody went to the conversation, or what had the focus there is gone, and it is not rendered yet. */
  #due = false;
  #wasInView = false;
  /** Whether the last thing that somebody touched was the keyboard. Where it was not, nothing that one could press without
   *  wanting to gets the focus. */
  #byKeys = false;

  constructor(screen: Screen) {
    this.#screen = screen;
    screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const options = { capture: true, signal: this.#ending.signal };
    const touched = ({ type }: Event): void => {
      this.#byKeys = type === 'keydown';
    };
    for (const type of ['keydown', 'pointerdown']) addEventListener(type, touched, options);
  }

  hostDisconnected(): void {
    this.#ending.abort();
  }

  hostUpdate(): void {
    const { view } = this.#screen;
    this.#wasInView = view !== null && (this.#screen.renderRoot as ShadowRoot).activeElement === view;
  }

  hostUpdated(): void {
    const { app, panel, view } = this.#screen;
    const visit = app.navigation.visits.get();
    if (visit !== this.#visit) this.#due = app.route.get().name === 'chat' && !touch();
    else if (panel !== null && panel !== this.#panel) this.#due = false;
    // A server that was restored tells its conversations anew.
    else if (view === null && this.#wasInView) this.#due = app.route.get().name === 'chat';
    this.#visit = visit;
    this.#panel = panel;
    if (this.#due && view !== null && this.#seesMain) {
      this.#due = false;
      view.focus();
    }
    const parts = [hashOf(app.route.get()), panel, view !== null, this.#toast?.toast === null];
    const shown = parts.join(' ');
    if (shown === this.#shown) return;
    this.#shown = shown;
    void this.#look();
  }

  get #toast(): ToastBar | null {
    return this.#screen.renderRoot.querySelector('toast-bar');
  }

  get #seesMain(): boolean {
    return this.#screen.pane === 'main' || !narrow();
  }

  /** After the parts below have rendered, and those that take the focus by themselves have taken it. */
  async #look(): Promise<void> {
    await nextFrame();
    const { view, renderRoot, pane } = this.#screen;
    // Undo comes first: it is there for seconds only. A phone would open its keyboard over the messages.
    const places = [
      this.#toast,
      touch() || !this.#seesMain ? null : view,
      this.#byKeys && !this.#due ? renderRoot.querySelector('user-list') : null,
      renderRoot.querySelector<HTMLElement>(pane === 'main' ? 'main' : 'aside'),
    ];
    for (const place of places) {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      if (this.#screen.isConnected) place?.focus();
    }
  }
}
