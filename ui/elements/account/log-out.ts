import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';

/** Logging out, and the question that comes before it when something would be lost. */
@customElement('log-out')
export class LogOut extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        margin-block-start: var(--s3);
      }
    `,
  ];

  /** Unsent messages and drafts on this device. Logging out deletes them. */
  @property({ type: Number }) unsent = 0;
  @property({ type: Number }) drafts = 0;
  /** Counts again, including what other windows wrote. */
  @property({ attribute: false }) recount: () => void = () => undefined;
  @property({ attribute: false }) run: () => Promise<void> = () => Promise.resolve();
  @state() private asked = false;
  @state() private busy = false;

  override firstUpdated(): void {
    this.recount();
  }

  override render(): TemplateResult {
    const { settings } = settingsStrings();
    if (!this.asked || this.#nothingIsLost) return this.#button('', settings.logout, this.#start);
    const { unsent, drafts } = this;
    return html`<p class="notice" role="alert">
        ${unsent > 0 ? settings.unsentMessages(unsent) : nothing}
        ${drafts > 0 ? settings.unsentDrafts(drafts) : nothing} ${settings.logoutUnsent}
      </p>
      <div class="acts">
        ${this.#button('danger', settings.logoutAnyway, this.#go)}
        <button class="button stay" type="button" @click=${this.#stay}>${settings.stay}</button>
      </div>`;
  }

  #button(kind: string, text: string, act: () => void): TemplateResult {
    return html`<button
      class="button go ${kind}"
      type="button"
      aria-disabled=${this.busy ? 'true' : 'false'}
      @click=${act}
    >
      ${this.busy ? html`<span class="spin"></span>` : nothing}${text}
    </button>`;
  }

  get #nothingIsLost(): boolean {
    return this.unsent + this.drafts === 0;
  }

  readonly #start = (): void => {
    if (this.#nothingIsLost) {
      this.#go();
      return;
    }
    this.asked = true;
    void this.#focus('.stay');
  };

  readonly #stay = (): void => {
    this.asked = false;
    void this.#focus('.go');
  };

  readonly #go = (): void => {
    if (this.busy) return;
    this.busy = true;
    void this.run().finally(() => {
      this.busy = false;
    });
  };

  /** The focused button was replaced by another one. */
  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'log-out': LogOut;
  }
}
