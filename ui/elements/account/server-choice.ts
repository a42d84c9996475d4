import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { findServer, type ServerFound } from '../../net/find-server.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { emit } from '../shared/emit.ts';

/** The form in which the desktop window asks for a server. It checks that server before it accepts the address. */
@customElement('server-choice')
export class ServerChoice extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      form {
        display: grid;
        gap: var(--s3);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
      }
      .fault {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property() address = '';
  @state() private fault = '';
  @state() private busy = false;
  @query('input') private readonly field!: HTMLInputElement | null;

  override firstUpdated(): void {
    this.field?.focus();
    this.field?.select();
  }

  override render(): TemplateResult {
    const { back } = strings();
    const { server: words } = panelStrings();
    return html`<form novalidate @submit=${this.#submit}>
      <div class="field">
        <label for="address">${words.address}</label>
        <input
          id="address"
          type="url"
          inputmode="url"
          autocapitalize="none"
          autocomplete="url"
          spellcheck="false"
          dir="ltr"
          aria-describedby="address-hint address-fault"
          aria-invalid=${this.fault === '' ? 'false' : 'true'}
          .value=${this.address}
        />
        <p class="hint" id="address-hint">${words.hint}</p>
        <p class="fault" id="address-fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
      </div>
      <div class="acts">
        <button class="button main" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>
          ${this.busy ? html`<span class="spin"></span>` : nothing}${words.use}
        </button>
        ${
          this.address === ''
            ? nothing
            : html`<button
                class="button"
                type="button"
                @click=${() => {
                  emit(this, 'keep-server');
                }}
              >
                ${back}
              </button>`
        }
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const typed = this.field?.value ?? '';
    this.busy = true;
    this.fault = '';
    const found = await findServer(typed, (url, init) => fetch(url, init));
    this.busy = false;
    // The field was edited meanwhile. The new text is checked by its own request.
    if (this.field?.value !== typed) return;
    if (found.fault !== null) {
      this.fault = this.#explain(found);
      this.field.focus();
    } else if (found.address === this.address) emit(this, 'keep-server');
    else emit(this, 'choose-server', { address: found.address });
  };

  #explain({ fault, address }: ServerFound & { readonly fault: string }): string {
    const { server: words } = panelStrings();
    if (fault === 'noAddress') return words.noAddress;
    return words[fault](address);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'server-choice': ServerChoice;
  }
}
