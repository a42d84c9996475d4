import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Original } from '../../history/originals.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon } from '../shared/more-icons.ts';
import { needOriginal, quoteContent, quotedWords, quoteStyles } from './message-quote.ts';

/** Above the text field: the message that the draft replies to, and a way to make it an ordinary message. */
@customElement('reply-bar')
export class ReplyBar extends LitElement {
  static override readonly styles = [
    base,
    controls,
    quoteStyles,
    css`
      .bar {
        display: flex;
        align-items: center;
        gap: var(--s1);
        padding: 0.125rem 0 0 0.125rem;
        --quoted-lines: 1;
      }
      .quote {
        flex: 1;
        min-inline-size: 0;
        border-start-start-radius: 0.875rem;
      }
      .said {
        color: var(--quiet);
      }
      .icon {
        border-radius: 50%;
      }
      @media (pointer: fine) {
        .icon {
          inline-size: 2.25rem;
          block-size: 2.25rem;
        }
      }
    `,
  ];

  @property({ type: Number }) seq = 0;
  @property({ attribute: false }) original: Original = null;
  /** The name of the other user. */
  @property() name = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'group';
  }

  override render(): TemplateResult {
    const { cancel } = panelStrings().quote;
    return html`<div class="bar">
      <div class="quote">${quoteContent(this.original, this.name)}</div>
      <button
        class="icon"
        type="button"
        aria-label=${cancel}
        title=${cancel}
        @click=${() => {
          emit(this, 'reply-to', { message: null });
        }}
      >
        ${closeIcon}
      </button>
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    const { who, text } = quotedWords(this.original, this.name);
    // The text field is described by this element, without the button in it.
    this.ariaLabel = this.original ? panelStrings().quote.of(who, text) : text;
    if (changed.has('original') || changed.has('seq')) needOriginal(this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'reply-bar': ReplyBar;
  }
}
