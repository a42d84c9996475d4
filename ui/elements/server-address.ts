import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { serverAddress } from '../net/server-address.ts';
import { loginStrings } from '../strings/login-strings.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { emit } from './emit.ts';

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
      form {
        display: grid;
        gap: var(--s3);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
      }
    `,
  ];

  @property() address = '';
  @property({ type: Boolean }) editable = false;
  @state() private editing = false;
  @state() private fault = '';
  @query('input') private readonly field!: HTMLInputElement | null;

  /** None was chosen yet, so there is nothing to go back to. */
  get #needed(): boolean {
    return this.editable && this.address === '';
  }

  override firstUpdated(): void {
    if (this.#needed) this.field?.focus();
  }

  override render(): TemplateResult {
    const { login } = loginStrings();
    if (this.editing || this.#needed) return this.#form();
    return html`<p class="at">
      <span>${login.server}: <bdi>${this.address.replace(/^https?:\/\//, '')}</bdi></span>
      ${
        this.editable
          ? html`<button class="link" type="button" @click=${this.#edit}>${login.changeServer}</button>`
          : nothing
      }
    </p>`;
  }

  #form(): TemplateResult {
    const { back } = strings();
    const { login } = loginStrings();
    return html`<form novalidate @submit=${this.#submit}>
      <div class="field">
        <label for="address">${login.serverAddress}</label>
        <input
          id="address"
          type="url"
          inputmode="url"
          autocapitalize="none"
          autocomplete="url"
          spellcheck="false"
          dir="ltr"
          aria-describedby="address-hint"
          aria-invalid=${this.fault === '' ? 'false' : 'true'}
          .value=${this.address}
        />
        <p class="hint" id="address-hint">${login.serverHint}</p>
        <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
      </div>
      <div class="acts">
        <button class="button main" type="submit">${login.useServer}</button>
        ${this.#needed ? nothing : html`<button class="button" type="button" @click=${this.#leave}>${back}</button>`}
      </div>
    </form>`;
  }

  readonly #edit = async (): Promise<void> => {
    this.editing = true;
    await this.updateComplete;
    this.field?.select();
  };

  readonly #leave = async (): Promise<void> => {
    this.editing = false;
    this.fault = '';
    await this.updateComplete;
    this.renderRoot.querySelector('button')?.focus();
  };

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const address = serverAddress(this.field?.value ?? '');
    if (address === null) {
      this.fault = loginStrings().login.serverWrong;
      this.field?.focus();
    } else if (address === this.address) void this.#leave();
    else emit(this, 'choose-server', { address });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'server-address': ServerAddress;
  }
}
