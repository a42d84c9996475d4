import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DiskCondition } from '../../storage/disk.ts';
import { storageStrings } from '../../strings/storage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { closeIcon } from '../shared/more-icons.ts';

/** Says that this device does not store what is written, until that changes or the user closes the notice. */
@customElement('storage-notice')
export class StorageNotice extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      .line {
        display: flex;
        align-items: center;
        gap: var(--s2);
        padding: var(--s1) var(--s2) var(--s1) var(--s4);
        border-block-end: 1px solid var(--line);
        background: var(--warn-back);
        color: var(--warn-text);
        font-size: var(--small);
      }
      p {
        flex: 1;
      }
      .link {
        min-block-size: 2.75rem;
        color: inherit;
        text-decoration: underline;
      }
      .icon {
        color: inherit;
      }
    `,
  ];

  @property() condition: DiskCondition = 'kept';
  /** Whether the session is stored, so that the next start is logged in too. */
  @property({ type: Boolean }) remembered = true;
  @state() private closed = '';

  override render(): TemplateResult {
    return html`<div role="alert">${this.closed === this.#said ? nothing : this.#line()}</div>`;
  }

  get #said(): string {
    return `${this.condition} ${String(this.remembered)}`;
  }

  #line(): TemplateResult {
    const { condition, remembered } = this;
    const words = storageStrings().storage;
    const { close } = strings();
    const sentences = [
      ...(condition === 'kept' ? [] : [words[condition], words.lost]),
      ...(remembered ? [] : [words.session]),
    ];
    const reload = html`<button
      class="link"
      type="button"
      @click=${() => {
        location.reload();
      }}
    >
      ${words.reload}
    </button>`;
    return html`<div class="line">
      <p>${sentences.join(' ')}</p>
      ${condition === 'foreign' ? reload : nothing}
      <button class="icon" type="button" aria-label=${close} title=${close} @click=${this.#close}>
        ${closeIcon}
      </button>
    </div>`;
  }

  readonly #close = (): void => {
    this.closed = this.#said;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'storage-notice': StorageNotice;
  }
}
