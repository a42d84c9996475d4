import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { manageStrings } from '../../strings/manage-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';

/** In place of the text field: that the user has blocked the other one, and a way to undo that. */
@customElement('blocked-note')
export class BlockedNote extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: var(--s2) var(--s3);
        inline-size: min(58rem, 100%);
        margin-inline: auto;
        padding: var(--s1) var(--s3);
        border-radius: var(--round);
        background: var(--hover);
        outline: 1px solid transparent;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      .button {
        color: var(--text);
      }
    `,
  ];

  @property() conversationId = '';
  /** Of the other user, for a sentence. */
  @property() name = '';

  override render(): TemplateResult {
    const { block: words } = manageStrings();
    const { conversationId } = this;
    return html`<div role="note">
      <span>${words.note(this.name)}</span>
      <button
        class="button"
        type="button"
        @click=${() => {
          emit(this, 'manage', { conversationId, act: { what: 'unblock' } });
        }}
      >
        ${words.undo}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'blocked-note': BlockedNote;
  }
}
