import { strings } from '../../strings/strings.ts';
import type { Emitted } from '../shared/emit.ts';
import type { Missing } from '../shared/load-part.ts';
import { PanelLoader, type LazyPanel } from './lazy.ts';
import type { Pane, PaneHost } from './pane.ts';
import type { Screen } from './screen.ts';
import { PROBLEM_MS, type Toasts } from './toasts.ts';

/** Opens and closes the panels of a screen, and loads their content. */
export class Panels {
  /** The conversation that the search is limited to; null to search all. */
  within: string | null = null;
  readonly #screen: Screen;
  readonly #toasts: Toasts;
  readonly #loader: PanelLoader;
  readonly #reload: () => void;

  /** `reload`: reloads the page. */
  constructor(screen: Screen, host: PaneHost, toasts: Toasts, reload: () => void) {
    this.#screen = screen;
    this.#toasts = toasts;
    this.#reload = reload;
    this.#loader = new PanelLoader(host, (panel, missing) => {
      screen.requestUpdate();
      if (missing !== null) this.#offerAgain(panel, missing);
    });
  }

  /** Returns null for a dialog, and for a panel that is not loaded yet. */
  pane(panel: LazyPanel): Pane | null {
    return this.#loader.pane(panel);
  }

  /** Why a panel could not be loaded; undefined if it did not fail. */
  missing(panel: LazyPanel): Missing | undefined {
    return this.#loader.missing.get(panel);
  }

  /** Loads a panel, once. */
  need(panel: LazyPanel): void {
    this.#loader.need(panel);
  }

  retry(panel: LazyPanel): void {
    this.#loader.retry(panel);
    this.#screen.requestUpdate();
  }

  /** `conversationId`: limits the search to this conversation. */
  readonly open = (panel: Emitted['open-panel']['panel'], conversationId?: string): void => {
    const { app } = this.#screen;
    if (panel === 'settings') {
      app.go({ name: 'settings' });
      return;
    }
    if (panel === 'search') this.searchIn(conversationId ?? null);
    app.navigation.openPanel(panel, conversationId !== undefined);
    if (panel === 'search' || panel === 'people' || panel === 'archived') void this.#focus();
  };

  /** Goes back from a panel that could not be loaded. */
  leave(panel: LazyPanel): void {
    const { navigation } = this.#screen.app;
    if (panel === 'settings' || panel === 'conversation') navigation.leave();
    else navigation.closePanel();
  }

  searchIn(conversationId: string | null): void {
    this.within = conversationId;
    this.pane('search')?.scoped?.();
  }

  /** Focuses a panel that is already open. A new panel focuses itself. */
  async #focus(): Promise<void> {
    await this.#screen.updateComplete;
    this.#screen.renderRoot
      .querySelector<HTMLElement>('search-panel, new-conversation, archived-panel')
      ?.focus();
  }

  /** A toast says that a dialog could not be loaded; any other panel says so in its own place. */
  #offerAgain(panel: LazyPanel, missing: Missing): void {
    const isDialog = panel === 'switcher' || panel === 'keys' || panel === 'person';
    if (!isDialog || panel !== this.#screen.panel) return;
    this.#loader.forget(panel);
    this.#screen.app.navigation.closePanel();
    const words = strings();
    const again = (): void => {
      this.#toasts.hide();
      this.open(panel);
    };
    if (missing === 'updated')
      this.#toasts.show(words.updated, PROBLEM_MS, { label: words.reload, run: this.#reload });
    else this.#toasts.show(words.missing, PROBLEM_MS, { label: words.retry, run: again });
  }
}
