import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { coveredAt } from '../../model/edit.ts';
import type { Message, DeliveryState, Mark } from '../../model/model.ts';
import { shownFileName } from '../../model/text/file-name.ts';
import { fileSize } from '../../model/text/file-size.ts';
import { fullTime } from '../../model/text/dates.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';

/** When a message was written, sent, delivered and read. */
@customElement('message-details')
export class MessageDetails extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      .details {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s1) var(--s4);
        align-items: center;
        padding: var(--s1) var(--s2);
        color: var(--quiet);
        font-size: var(--small);
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--s4);
      }
      .mine,
      .mine dl {
        justify-content: flex-end;
      }
      dl div {
        display: flex;
        gap: var(--s1);
      }
      li {
        overflow-wrap: anywhere;
      }
      li bdi {
        color: var(--text);
      }
      dt::after {
        content: ':';
      }
      dd {
        color: var(--text);
      }
    `,
  ];

  @property({ attribute: false }) message: Message | null = null;
  /** Null for messages of the peer. */
  @property({ attribute: false }) delivery: DeliveryState | null = null;
  @property({ attribute: false }) deliveredMarks: readonly Mark[] = [];
  @property({ attribute: false }) readMarks: readonly Mark[] = [];

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    return html`<div class="details ${message.mine ? 'mine' : ''}">
      <dl>
        ${this.#times(message).map(
          ([what, at]) =>
            html`<div>
              <dt>${what}</dt>
              <dd>${at}</dd>
            </div>`,
        )}
      </dl>
      ${
        message.attachments.length === 0
          ? nothing
          : html`<ul>
              ${message.attachments.map(
                ({ name, size }) =>
                  html`<li><bdi>${shownFileName(name)}</bdi> <span>${fileSize(size, language())}</span></li>`,
              )}
            </ul>`
      }
      ${message.content === '' ? nothing : this.#copyButton(message.content)}
    </div>`;
  }

  #copyButton(text: string): TemplateResult {
    return html`<button
      class="link"
      type="button"
      @click=${() => {
        emit(this, 'copy-text', { text });
      }}
    >
      ${strings().chat.copy}
    </button>`;
  }

  #times(message: Message): readonly (readonly [string, string])[] {
    const { state } = strings();
    const when = (at: string | null): string => (at === null ? state.unknownTime : fullTime(at, language()));
    const { sentAt: at, seq } = message;
    if (seq === null) return [[state.written, when(at)]];
    const times: (readonly [string, string])[] = [[state.sent, when(at)]];
    if (this.delivery === 'delivered' || this.delivery === 'read') {
      times.push([state.delivered, when(coveredAt(this.deliveredMarks, seq))]);
      if (this.delivery === 'read') times.push([state.read, when(coveredAt(this.readMarks, seq))]);
    }
    return times;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-details': MessageDetails;
  }
}
