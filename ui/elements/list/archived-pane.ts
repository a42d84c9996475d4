import { html, type TemplateResult } from 'lit';
import { listParts, remembered } from '../../model/selectors.ts';
import type { Pane, PaneHost } from '../screen/pane.ts';
import './archived-panel.ts';

/** The archived conversations, in place of the list. */
class ArchivedPane implements Pane {
  readonly #host: PaneHost;
  readonly #parts = remembered(listParts);

  constructor(host: PaneHost) {
    this.#host = host;
  }

  render(): TemplateResult {
    const { screen } = this.#host;
    const { account } = screen;
    const model = account.sync.model.get();
    return html`<archived-panel
      .conversations=${this.#parts(screen.listed()).archived}
      .pending=${model.pending}
      .drafts=${account.drafts.texts.get()}
      .typing=${model.typing}
      .current=${screen.openChat(model)?.id ?? ''}
      .listed=${account.sync.listed.get()}
      .live=${screen.online}
      .now=${screen.now}
    ></archived-panel>`;
  }
}

export const pane = (host: PaneHost): Pane => new ArchivedPane(host);
