import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { moreIcon } from '../shared/icons.ts';

/** Opens the menu of the message it stands beside, which is the one under the pointer or the focused one. Two buttons
 *  serve a list, instead of one in each of a thousand messages. */
@customElement('message-menu-button')
export class MessageMenuButton extends LitElement {
  static override readonly shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        position: absolute;
        inset-block-start: 0.125rem;
        inset-inline-start: calc(100% + 0.25rem);
      }
      :host([mine]) {
        inset-inline: auto calc(100% + 0.25rem);
      }
      .icon {
        inline-size: 1.75rem;
        block-size: 1.75rem;
      }
    `,
  ];

  @property({ type: Boolean, reflect: true }) mine = false;
  /** Whether the Tab key reaches the button. */
  @property({ type: Boolean }) reachable = false;

  override render(): TemplateResult {
    const { title } = panelStrings().menu;
    return html`<button
      class="icon"
      type="button"
      tabindex=${this.reachable ? '0' : '-1'}
      aria-haspopup="menu"
      aria-label=${title}
      title=${title}
    >
      ${moreIcon}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-menu-button': MessageMenuButton;
  }
}
