import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { loginStrings } from '../../strings/login-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import type {} from './server-choice.ts';

/** Shows which server the client talks to. A browser page always talks to the server it came from. The desktop window
 *  may choose another one. */
@customElement('server-address')
export class ServerAddress extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        font-size: var(--small);
      }
      .at {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--s2);
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property() address = '';
  @property({ type: Boolean }) editable = false;
  @state() private editing = false;

  /** Shows the form. */
  edit(): void {
    this.editing = true;
  }

  override render(): TemplateResult {
    const { login } = loginStrings();
    if (this.editing || (this.editable && this.address === '')) {
      // The browser's client never shows this form, so it is loaded only when needed.
      void import('./server-choice.ts').catch(() => undefined);
      return html`<server-choice
        .address=${this.address}
        @keep-server=${this.#leave}
        @choose-server=${() => {
          this.editing = false;
        }}
      ></server-choice>`;
    }
    return html`<p class="at">
      <span>${login.server}: <bdi>${this.address}</bdi></span>
      ${
        this.editable
          ? html`<button
              class="link"
              type="button"
              @click=${() => {
                emit(this, 'ask-server', {
                  edit: () => {
                    this.edit();
                  },
                });
              }}
            >
              ${login.changeServer}
            </button>`
          : nothing
      }
    </p>`;
  }

  readonly #leave = async (): Promise<void> => {
    this.editing = false;
    await this.updateComplete;
    this.renderRoot.querySelector('button')?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'server-address': ServerAddress;
  }
}
