import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { forgetInstallOffer, installOffer } from '../../platform/install-offer.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';

/** Offers to install the client as an app. Shows nothing where the browser does not offer it, or has done so already. */
@customElement('install-row')
export class InstallRow extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .hint {
        margin-block-end: var(--s2);
      }
    `,
  ];

  @state() private offer = installOffer();

  override render(): TemplateResult | typeof nothing {
    if (this.offer === null) return nothing;
    const { push } = settingsStrings();
    return html`<p class="hint">${push.installHint}</p>
      <button class="button" type="button" @click=${this.#install}>${push.install}</button>`;
  }

  readonly #install = async (): Promise<void> => {
    const { offer } = this;
    // A browser shows its own question once for each offer.
    this.offer = null;
    forgetInstallOffer();
    await offer?.prompt().catch(() => undefined);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'install-row': InstallRow;
  }
}
