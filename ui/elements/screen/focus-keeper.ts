import type { ReactiveController } from 'lit';
import { narrow } from '../../navigation/one-pane.ts';
import { hashOf } from '../../navigation/route.ts';
import { nextFrame } from '../shared/next-frame.ts';
import { touch } from '../shared/window-focus.ts';
import type { Screen } from './screen.ts';
import type { ToastBar } from './toast-bar.ts';

/** Focuses the text field when a conversation is opened, and makes sure that the focus is never lost. If the focused
 *  element disappears and no other takes the focus, it goes to what the user is likely to use next, or to an element
 *  where keys do nothing. */
export class FocusKeeper implements ReactiveController {
  readonly #screen: Screen;
  #ending = new AbortController();
  #shown = '';
  #visit = 0;
  #panel: Screen['panel'] = null;
  /** Whether the conversation is to be focused once it is rendered: the user went to it, or its focused element
   *  disappeared. */
  #due = false;
  #wasInView = false;
  /** Whether the last input came from the keyboard. If not, the focus never goes to something that could be pressed
   *  by mistake. */
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
    if (visit !== this.#visit) this.#due = app.route.get().name === 'conversation' && !touch();
    else if (panel !== null && panel !== this.#panel) this.#due = false;
    // A restored server lists its conversations anew, and the view disappears for a moment.
    else if (view === null && this.#wasInView) this.#due = app.route.get().name === 'conversation';
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

  /** Waits until the elements below have rendered, so that those that focus themselves have done so. */
  async #look(): Promise<void> {
    await nextFrame();
    const { view, renderRoot, pane } = this.#screen;
    // Undo comes first, because it is offered only for seconds. On a touch screen the view is not focused, because
    // the keyboard would open over the messages.
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
