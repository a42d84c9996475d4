import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { adminStrings } from '../../strings/admin-strings.ts';
import { adminStyles } from '../../styles/admin.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';

/** A link that is shown once, with a button that copies it. */
@customElement('secret-link')
export class SecretLink extends LitElement {
  static override readonly styles = [base, controls, fields, adminStyles];

  @property() href = '';
  /** What it is for. */
  @property() text = '';
  @property({ attribute: false }) copy: (text: string) => void = () => undefined;

  override render(): TemplateResult {
    return html`<div class="notice secret" role="status">
      <p>${this.text}</p>
      <p class="code"><bdi>${this.href}</bdi></p>
      <button
        class="button"
        type="button"
        @click=${() => {
          this.copy(this.href);
        }}
      >
        ${adminStrings().copy}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'secret-link': SecretLink;
  }
}
