import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Conversation, Message } from '../../model/model.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { panel } from '../../styles/panel.ts';
import { emit } from '../shared/emit.ts';
import { backIcon } from '../shared/icons.ts';
import type {} from './user-list.ts';

/** The archived conversations, with a way back to the others. */
@customElement('archived-panel')
export class ArchivedPanel extends LitElement {
  static override readonly styles = [
    base,
    controls,
    panel,
    css`
      .title:focus-visible {
        outline: 0;
      }
      .hint {
        padding: 0 var(--s4) var(--s2);
        color: var(--quiet);
        font-size: var(--small);
      }
    `,
  ];

  @property({ attribute: false }) conversations: readonly Conversation[] = [];
  @property({ attribute: false }) pending: readonly Message[] = [];
  @property({ attribute: false }) drafts: ReadonlyMap<string, string> = new Map();
  @property({ attribute: false }) typing: ReadonlyMap<string, number> = new Map();
  @property() current = '';
  @property({ type: Boolean }) listed = false;
  @property({ type: Boolean }) live = true;
  @property({ type: Number }) now = 0;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('.title')?.focus(options);
  }

  override firstUpdated(): void {
    this.focus();
  }

  override render(): TemplateResult {
    const { archive: words } = manageStrings();
    return html`<div>
      <div class="head">
        <button
          class="icon"
          type="button"
          aria-label=${strings().back}
          @click=${() => {
            emit(this, 'close-panel');
          }}
        >
          ${backIcon}
        </button>
        <h2 class="title" tabindex="-1">${words.title}</h2>
      </div>
      ${
        this.listed && this.conversations.length === 0
          ? html`<p class="say" role="status">${words.none}</p>`
          : html`<p class="hint">${words.hint}</p>
              <user-list
                flat
                .conversations=${this.conversations}
                .pending=${this.pending}
                .drafts=${this.drafts}
                .typing=${this.typing}
                .current=${this.current}
                .listed=${this.listed}
                .live=${this.live}
                .now=${this.now}
              ></user-list>`
      }
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'archived-panel': ArchivedPanel;
  }
}
