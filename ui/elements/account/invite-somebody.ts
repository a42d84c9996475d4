import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { emit } from '../shared/emit.ts';

/** For inviting somebody who has no account here: shows the address to register at, to be copied or shared. */
@customElement('invite-somebody')
export class InviteSomebody extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      :host {
        display: block;
        margin: var(--s4) var(--s3) 0;
        padding-block-start: var(--s4);
        border-block-start: 1px solid var(--line);
      }
      section {
        display: grid;
        gap: var(--s2);
        justify-items: start;
      }
      h3 {
        font-size: var(--body);
        font-weight: 600;
      }
      .address {
        overflow-wrap: anywhere;
        -webkit-user-select: text;
        user-select: text;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
      }
    `,
  ];

  @property() server = '';
  @property() username = '';

  override render(): TemplateResult {
    const { invite } = panelStrings();
    // Missing on platforms without sharing, and on addresses without TLS.
    const canShare = 'share' in navigator;
    return html`<section>
      <h3>${invite.title}</h3>
      <p class="hint">${invite.how}</p>
      <p class="address"><bdi>${this.server}</bdi></p>
      <div class="acts">
        <button
          class="button"
          type="button"
          @click=${() => {
            emit(this, 'copy-text', { text: this.server });
          }}
        >
          ${invite.copy}
        </button>
        ${
          canShare
            ? html`<button class="button" type="button" @click=${this.#share}>${invite.share}</button>`
            : nothing
        }
      </div>
      <p class="hint">${invite.code}</p>
    </section>`;
  }

  /** The promise rejects if the user cancels, which is no error. */
  readonly #share = (): void => {
    const text = panelStrings().invite.text(this.username);
    void navigator.share({ text, url: this.server }).catch(() => undefined);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'invite-somebody': InviteSomebody;
  }
}
