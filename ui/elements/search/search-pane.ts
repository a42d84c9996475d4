import { html, type TemplateResult } from 'lit';
import { browserClock } from '../../net/clock.ts';
import { MessageSearch } from '../../history/message-search.ts';
import type { Pane, PaneHost } from '../screen/pane.ts';
import './search-panel.ts';

/** The panel that searches everything or one conversation. */
export class SearchPane implements Pane {
  readonly #host: PaneHost;
  readonly #search: MessageSearch;
  /** The history of the server that the results belong to. */
  #history: string | null = null;

  constructor(host: PaneHost) {
    this.#host = host;
    this.#search = new MessageSearch(host.screen.account.api, browserClock);
    this.scoped();
  }

  scoped(): void {
    this.#search.look(this.#host.within);
  }

  render(): TemplateResult {
    const { screen, conversationNavigation: going } = this.#host;
    const model = screen.account.sync.model.get();
    this.#follow(model.history);
    return html`<search-panel
      .found=${this.#search.lookup.found.get()}
      .within=${this.#search.within.get()}
      .conversations=${model.conversations}
      .me=${screen.account.me.id}
      .now=${screen.now}
      .problem=${going.problem}
      .opening=${going.opening}
      .type=${this.#type}
      .retry=${this.#retry}
      .more=${this.#more}
    ></search-panel>`;
  }

  /** A restored server has another history. The results may no longer exist, so the search runs again. [P10] */
  #follow(history: string | null): void {
    if (history === null || history === this.#history) return;
    if (this.#history !== null)
      queueMicrotask(() => {
        this.#search.lookup.forget();
      });
    this.#history = history;
  }

  readonly #type = (query: string): void => {
    this.#host.conversationNavigation.forgive();
    this.#search.lookup.type(query);
  };
  readonly #retry = (): void => {
    this.#search.lookup.retry();
  };
  readonly #more = (): void => void this.#search.more();
}

export const pane = (host: PaneHost): Pane => new SearchPane(host);
