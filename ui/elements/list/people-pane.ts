import { html, type TemplateResult } from 'lit';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import { SEARCH_PAGE } from '../../net/api.ts';
import { browserClock } from '../../net/clock.ts';
import { Lookup } from '../../history/lookup.ts';
import './new-conversation.ts';
import type { Pane, PaneHost } from '../screen/pane.ts';

/** The panel for a new conversation: searches users by name. */
export class PeoplePane implements Pane {
  readonly #host: PaneHost;
  readonly #people: Lookup<readonly UserResource[]>;

  constructor(host: PaneHost) {
    this.#host = host;
    this.#people = new Lookup(
      browserClock,
      (query) => host.screen.account.api.people(query),
      (people) => people.length < SEARCH_PAGE,
    );
  }

  reset(): void {
    this.#people.type('');
  }

  render(): TemplateResult {
    const { screen, conversationNavigation: going } = this.#host;
    const { account, app } = screen;
    return html`<new-conversation
      .found=${this.#people.found.get()}
      .conversations=${screen.listed()}
      .server=${app.shell.server.address}
      .username=${account.me.username}
      .problem=${going.problem}
      .opening=${going.opening}
      .now=${screen.now}
      .type=${this.#type}
      .retry=${this.#retry}
    ></new-conversation>`;
  }

  readonly #type = (query: string): void => {
    this.#host.conversationNavigation.forgive();
    this.#people.type(query);
  };
  readonly #retry = (): void => {
    this.#people.retry();
  };
}

export const pane = (host: PaneHost): Pane => new PeoplePane(host);
