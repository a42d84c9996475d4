import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Confirmation } from '../../admin/admin-app.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { dialogs } from '../../styles/dialogs.ts';

/** Asks before something that cannot be undone, or that ends somebody's sessions. */
@customElement('confirm-dialog')
export class ConfirmDialog extends LitElement {
  static override readonly styles = [
    base,
    controls,
    dialogs,
    css`
      dialog[open] {
        margin: auto;
      }
      .inside {
        display: grid;
        gap: var(--s4);
      }
      h2 {
        font-size: var(--large);
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      p {
        overflow-wrap: anywhere;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: var(--s2);
      }
    `,
  ];

  @property({ attribute: false }) question: Confirmation | null = null;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('question') && this.question !== null)
      this.renderRoot.querySelector('dialog')?.showModal();
  }

  override render(): TemplateResult | typeof nothing {
    const { question } = this;
    if (question === null) return nothing;
    const { cancel } = adminStrings();
    return html`<dialog
      aria-labelledby="title"
      aria-describedby="text"
      @cancel=${(event: Event) => {
        event.preventDefault();
        question.answer(false);
      }}
    >
      <div class="inside">
        <h2 id="title">${question.title}</h2>
        <p id="text">${question.text}</p>
        <div class="acts">
          <button
            class="button"
            type="button"
            @click=${() => {
              question.answer(false);
            }}
          >
            ${cancel}
          </button>
          <button
            class="button main ${question.isDanger ? 'danger' : ''}"
            type="button"
            @click=${() => {
              question.answer(true);
            }}
          >
            ${question.act}
          </button>
        </div>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'confirm-dialog': ConfirmDialog;
  }
}
