import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { loginStrings } from '../strings/login-strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { emit } from './emit.ts';
import type {} from './server-choice.ts';

/** Which server one is about to talk to. The page of a server talks to that one; a window of its own may choose. */
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
      // The browser's client never asks, so it does not load the form.
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
