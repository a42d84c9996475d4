import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Conversation } from '../../model/model.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { archiveIcon } from '../shared/conversation-entries.ts';

/** The row of the list that leads to the archived conversations. */
@customElement('archived-row')
export class ArchivedRow extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      button {
        display: flex;
        align-items: center;
        gap: var(--s3);
        inline-size: 100%;
        min-block-size: var(--target);
        padding-inline: var(--s3);
        border-radius: var(--round);
        color: var(--quiet);
        font-weight: 600;
        text-align: start;
      }
      button:hover {
        background: var(--hover);
      }
      /* Below each other with the pictures and names of the conversations. */
      svg {
        inline-size: 2.5rem;
      }
      .label {
        flex: 1;
      }
      .new {
        inline-size: 0.5rem;
        block-size: 0.5rem;
        border-radius: 50%;
        background: var(--fill);
        outline: 1px solid transparent;
      }
      .number {
        font-size: var(--tiny);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) conversations: readonly Conversation[] = [];

  override render(): TemplateResult {
    const { archive: words } = manageStrings();
    const unread = this.conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
    return html`<button
      type="button"
      @click=${() => {
        emit(this, 'open-panel', { panel: 'archived' });
      }}
    >
      ${archiveIcon}<span class="label">${words.title}</span>
      ${
        unread === 0
          ? nothing
          : html`<span class="new"></span
              ><span class="visually-hidden">${strings().list.unread(unread)}</span>`
      }
      <span class="number">${this.conversations.length}</span>
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'archived-row': ArchivedRow;
  }
}
