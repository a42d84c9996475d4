import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isReplyRefused } from '../../model/edit.ts';
import type { Message } from '../../model/model.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';

/** What the button says that sends a refused message again. */
export const retryLabel = (message: Message): string => {
  const { failure } = panelStrings();
  return isReplyRefused(message) ? failure.withoutReply : failure.retry;
};

/** Why a message was not sent, and what can be done about it. */
@customElement('message-failure')
export class MessageFailure extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--s2);
        align-items: center;
        justify-content: flex-end;
        max-inline-size: min(36rem, 84%);
        color: var(--danger);
        font-size: var(--small);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0 var(--s2);
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) message: Message | null = null;
  /** The name of the other user. */
  @property() name = '';
  /** Whether the user has blocked them. */
  @property({ type: Boolean }) blocked = false;

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    const { failure } = panelStrings();
    const { id } = message;
    return html`<span>${this.#reason(message)}</span>
      <span class="acts"
        ><button
          class="link"
          type="button"
          @click=${() => {
            emit(this, 'retry-message', { id });
          }}
        >
          ${retryLabel(message)}
        </button>
        <button
          class="link"
          type="button"
          @click=${() => {
            emit(this, 'discard-message', { id });
          }}
        >
          ${failure.discard}
        </button></span
      >`;
  }

  #reason(message: Message): string {
    const { failure } = panelStrings();
    if (isReplyRefused(message)) return failure.replyGone;
    if (message.failure === 'forbidden') {
      const { refused, refusedOwn } = manageStrings().block;
      return this.blocked ? refusedOwn(this.name) : refused(this.name);
    }
    if (message.attachments.length > 0 && message.failure === 'bad_request') return failure.fileRefused;
    if (message.attachments.length > 0 && message.failure === 'payload_too_large')
      return failure.fileTooLarge;
    const reasons: Readonly<Record<string, string>> = failure;
    return reasons[message.failure ?? 'other'] ?? failure.other;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-failure': MessageFailure;
  }
}
