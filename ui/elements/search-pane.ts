import { html, type TemplateResult } from 'lit';
import { browserClock } from '../net/clock.ts';
import { MessageSearch } from '../state/message-search.ts';
import type { Pane, PaneHost } from './pane.ts';
import './search-panel.ts';

/** Search of everything, or of one conversation. */
export class SearchPane implements Pane {
  readonly #host: PaneHost;
  readonly #search: MessageSearch;
  /** The server's history that the results are of. */
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
      .chats=${model.chats}
      .me=${screen.account.me.id}
      .now=${screen.now}
      .problem=${going.problem}
      .opening=${going.opening}
      .type=${this.#type}
      .retry=${this.#retry}
      .more=${this.#more}
    ></search-panel>`;
  }

  /** A restored server has another history: what was found may be gone, and is looked for anew. [P10] */
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
