import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';

/** Asks once in the client's own words before the browser asks. A user who says "not now" here can still change their
 *  mind; one who refuses in the browser is not asked again. */
@customElement('notification-question')
export class NotificationQuestion extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: none !important;
        padding: var(--s2) var(--s3) 0;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--s3);
        padding: var(--s1) var(--s3);
        border-radius: var(--round);
        background: var(--hover);
      }
      p {
        flex: 1 1 14rem;
        padding-block: var(--s1);
      }
      .link {
        min-block-size: 2.75rem;
        min-inline-size: 2.75rem;
        padding-inline: var(--s2);
      }
    `,
  ];

  @property({ attribute: false }) answer: (allow: boolean) => void = () => undefined;

  override render(): TemplateResult {
    const { notify } = panelStrings();
    return html`<div class="line">
      <p role="status">${notify.question}</p>
      <div>${this.#button(notify.allow, true)}${this.#button(notify.notNow, false)}</div>
    </div>`;
  }

  #button(label: string, allow: boolean): TemplateResult {
    return html`<button
      class="link"
      type="button"
      @click=${() => {
        this.answer(allow);
      }}
    >
      ${label}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'notification-question': NotificationQuestion;
  }
}
