import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { moreIcon } from '../shared/more-icons.ts';

/** The button at a row of the list that opens its menu. Two of them serve the whole list: one at the row under the pointer, one at the
 *  focused row. */
@customElement('row-more')
export class RowMore extends LitElement {
  static override readonly shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        position: absolute;
        inset-block-start: 0.1875rem;
        inset-inline-end: 0.5rem;
      }
      .icon {
        inline-size: 1.875rem;
        block-size: 1.875rem;
      }
      .icon:hover {
        background: var(--line);
      }
    `,
  ];

  @property() label = '';
  /** Whether the Tab key reaches it. */
  @property({ type: Boolean }) reachable = false;

  override render(): TemplateResult {
    return html`<button
      class="icon"
      type="button"
      tabindex=${this.reachable ? '0' : '-1'}
      aria-haspopup="menu"
      aria-label=${this.label}
      title=${this.label}
    >
      ${moreIcon}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'row-more': RowMore;
  }
}
