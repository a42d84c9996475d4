import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Unsendable } from '../../account/unsendable.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';

/** Texts that were written here and belong to no conversation any more. They can be copied or discarded. */
@customElement('unsendable-texts')
export class UnsendableTexts extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: none;
        max-block-size: 40%;
        overflow-y: auto;
        overscroll-behavior: contain;
        margin: 0 var(--s3) var(--s2);
        padding: var(--s3);
        border: 1px solid var(--edge);
        border-radius: var(--round);
        font-size: var(--small);
      }
      h2 {
        font-size: var(--small);
        font-weight: 650;
      }
      li {
        margin-block-start: var(--s2);
      }
      .text {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 4;
        overflow: hidden;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
        color: var(--text);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        margin-block-start: var(--s1);
      }
      .acts .button {
        min-block-size: 2.75rem;
      }
    `,
  ];

  @property({ attribute: false }) items: readonly Unsendable[] = [];

  /** Offers to send what could not be sent as a reply. */
  #resend({ id, isReply }: Unsendable, text: string): TemplateResult | typeof nothing {
    if (id === null || !isReply) return nothing;
    return html`<button
      class="button main"
      type="button"
      aria-describedby=${text}
      @click=${() => {
        emit(this, 'retry-message', { id });
      }}
    >
      ${panelStrings().failure.withoutReply}
    </button>`;
  }

  override render(): TemplateResult {
    const { failure, unsendable } = panelStrings();
    const { chat: conversation } = strings();
    return html`<section aria-labelledby="title">
      <h2 id="title">${unsendable.title}</h2>
      <p>${unsendable.why}</p>
      <ul>
        ${this.items.map((item, at) => {
          const text = `text-${String(at)}`;
          return html`<li>
            <p class="text" id=${text}>${item.text}</p>
            <div class="acts">
              ${this.#resend(item, text)}
              <button
                class="button"
                type="button"
                aria-describedby=${text}
                @click=${() => {
                  emit(this, 'copy-text', { text: item.text });
                }}
              >
                ${conversation.copy}
              </button>
              <button
                class="button"
                type="button"
                aria-describedby=${text}
                @click=${() => {
                  emit(this, 'discard-unsendable', item);
                }}
              >
                ${failure.discard}
              </button>
            </div>
          </li>`;
        })}
      </ul>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'unsendable-texts': UnsendableTexts;
  }
}
