import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Original } from '../../history/originals.ts';
import { messageWords } from '../../model/text/attachment-words.ts';
import { shortened } from '../../model/text/graphemes.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { plainText } from '../shared/message-text.ts';

/** More than two lines of a quote are never shown. */
const QUOTED_MOST = 300;

/** Who wrote the quoted message, and what; in words for one that is not there. `name`: of the other user. */
export const quotedWords = (
  original: Original,
  name: string,
): { readonly who: string; readonly text: string } => {
  const { quote } = panelStrings();
  if (original === null) return { who: '', text: quote.gone };
  if (original === undefined) return { who: '', text: quote.notLoaded };
  return {
    who: original.mine ? strings().you : name,
    text: shortened(messageWords(original, plainText), QUOTED_MOST),
  };
};

/** The look of a quote, in a bubble and above the text field. */
export const quoteStyles = css`
  .quote {
    display: grid;
    align-content: center;
    min-block-size: 2.75rem;
    padding: 0.1875rem var(--s2);
    border-inline-start: 3px solid var(--accent);
    border-radius: 0.375rem;
    background: color-mix(in srgb, currentColor 7%, transparent);
    font-size: var(--small);
    line-height: 1.35;
    text-align: start;
  }
  .who {
    color: var(--accent);
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .said {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: var(--quoted-lines, 2);
    overflow: hidden;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
    text-align: start;
  }
  .absent {
    font-style: italic;
  }
`;

/** The content of a quote. */
export const quoteContent = (original: Original, name: string): TemplateResult => {
  const { who, text } = quotedWords(original, name);
  return original
    ? html`<span class="who"><bdi>${who}</bdi></span
        ><span class="said" dir="auto">${text}</span>`
    : html`<span class="said absent">${text}</span>`;
};

/** Asks for a quoted message that is not loaded. */
export const needOriginal = (from: HTMLElement & { seq: number; original: Original }): void => {
  if (from.original === undefined && from.seq > 0) emit(from, 'need-original', { seq: from.seq });
};

/** The message that a message replies to. Leads to it. */
@customElement('message-quote')
export class MessageQuote extends LitElement {
  static override readonly styles = [
    base,
    controls,
    quoteStyles,
    css`
      :host {
        -webkit-user-select: none;
        user-select: none;
      }
      button {
        inline-size: 100%;
      }
      button:hover:not([aria-disabled='true']) {
        background: color-mix(in srgb, currentColor 13%, transparent);
      }
      button[aria-disabled='true'] {
        opacity: 1;
        border-inline-start-color: currentColor;
      }
      .who,
      .said {
        max-inline-size: 24rem;
      }
    `,
  ];

  @property({ type: Number }) seq = 0;
  @property({ attribute: false }) original: Original = null;
  /** The name of the other user. */
  @property() name = '';

  override render(): TemplateResult {
    const { original, name } = this;
    const { who, text } = quotedWords(original, name);
    const { quote } = panelStrings();
    return html`<button
      class="quote"
      type="button"
      aria-label=${original ? quote.of(who, text) : text}
      aria-disabled=${original === null ? 'true' : 'false'}
      @click=${() => {
        if (original !== null) emit(this, 'jump-to', { seq: this.seq });
      }}
    >
      ${quoteContent(original, name)}
    </button>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('original') || changed.has('seq')) needOriginal(this);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-quote': MessageQuote;
  }
}
