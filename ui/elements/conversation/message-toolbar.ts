import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { moreIcon, reactIcon } from '../shared/more-icons.ts';
import { replyIcon } from './message-actions.ts';

/** What a button of the toolbar does. */
export type ToolbarAct = 'react' | 'reply' | 'menu';

/** The buttons beside a message, which is the one under the pointer or the focused one: react, reply, and its menu. Two
 *  toolbars serve a list, instead of one in each of a thousand messages. */
@customElement('message-toolbar')
export class MessageToolbar extends LitElement {
  static override readonly shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        position: absolute;
        inset-block-start: 0.125rem;
        inset-inline-start: calc(100% + 0.25rem);
        display: flex;
      }
      :host([mine]) {
        inset-inline: auto calc(100% + 0.25rem);
      }
      .icon {
        inline-size: 1.75rem;
        block-size: 1.75rem;
      }
      :host(:dir(rtl)) .mirrored {
        transform: scaleX(-1);
        transform-origin: center;
      }
      /* Beside the widest bubble there is room for one button. The menu has the other two. */
      @container (inline-size < 38rem) {
        .wide {
          display: none;
        }
      }
    `,
  ];

  @property({ type: Boolean, reflect: true }) mine = false;
  /** Whether one can reply and react to the message. */
  @property({ type: Boolean }) answerable = false;
  /** Whether the Tab key reaches the buttons. */
  @property({ type: Boolean }) reachable = false;

  override render(): TemplateResult {
    const { menu, react } = panelStrings();
    return html`${
      this.answerable
        ? html`${this.#button('react', react.title, reactIcon)}${this.#button('reply', menu.reply, replyIcon)}`
        : nothing
    }${this.#button('menu', menu.title, moreIcon)}`;
  }

  #button(act: ToolbarAct, label: string, icon: TemplateResult): TemplateResult {
    return html`<button
      class="icon ${act === 'menu' ? '' : 'wide'}"
      type="button"
      data-act=${act}
      tabindex=${this.reachable ? '0' : '-1'}
      aria-haspopup=${act === 'reply' ? nothing : 'menu'}
      aria-label=${label}
      title=${label}
    >
      ${icon}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-toolbar': MessageToolbar;
  }
}
