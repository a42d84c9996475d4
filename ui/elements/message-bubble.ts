import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { coveredAt } from '../state/edit.ts';
import type { ChatMessage, DeliveryState, Mark } from '../state/model.ts';
import { clockTime, fullTime } from '../state/text/dates.ts';
import { pieces } from '../state/text/links.ts';
import { language, strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { bubbleStyles } from '../styles/bubble.ts';
import { emit } from './emit.ts';
import { tickFor } from './ticks.ts';

/** One message: who, what, when, how far it came. Its text is text; only http and https addresses become links. */
@customElement('message-bubble')
export class MessageBubble extends LitElement {
  static override readonly styles = [base, controls, bubbleStyles];

  @property({ attribute: false }) message: ChatMessage | null = null;
  @property() sender = '';
  /** Null on the other person's messages. */
  @property({ attribute: false }) delivery: DeliveryState | null = null;
  @property({ type: Boolean, reflect: true }) mine = false;
  @property({ type: Boolean, reflect: true }) first = false;
  @property({ type: Boolean, reflect: true }) last = false;
  @property({ type: Boolean }) details = false;
  @property({ attribute: false }) deliveredMarks: readonly Mark[] = [];
  @property({ attribute: false }) readMarks: readonly Mark[] = [];

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    const { chat } = strings();
    const time = clockTime(message.at, language());
    return html`<article aria-label=${chat.sentBy(this.sender, time)}>
        <span class=${this.first && !this.mine ? 'sender' : 'aloud'}><bdi>${this.sender}</bdi></span>
        <div class="text">${this.#text(message.text)}</div>
        <button
          class="meta"
          type="button"
          tabindex="-1"
          aria-expanded=${this.details ? 'true' : 'false'}
          @click=${this.#toggle}
        >
          <time datetime=${message.at}>${time}</time>
          ${this.delivery === null ? nothing : tickFor(this.delivery)}
        </button>
      </article>
      ${message.failure !== null ? this.#failed(message) : nothing}
      ${this.details ? this.#details(message) : nothing}`;
  }

  /** No white space between the pieces: it would be shown. */
  #text(text: string): readonly (TemplateResult | string)[] {
    return pieces(text).map(({ text: words, href }) =>
      href === null ? words : html`<a href=${href} target="_blank" rel="noopener noreferrer">${words}</a>`,
    );
  }

  #failed(message: ChatMessage): TemplateResult {
    const { failure } = strings();
    const reasons: Readonly<Record<string, string>> = failure;
    const reason = reasons[message.failure ?? 'other'] ?? failure.other;
    const { id } = message;
    return html`<div class="failed">
      <span>${reason}</span>
      <span class="acts"
        ><button
          class="link"
          type="button"
          @click=${() => {
            emit(this, 'retry-message', { id });
          }}
        >
          ${failure.retry}
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
      >
    </div>`;
  }

  #details(message: ChatMessage): TemplateResult {
    const { chat, state } = strings();
    const when = (at: string | null): string => (at === null ? state.unknownTime : fullTime(at, language()));
    const rows: (readonly [string, string])[] = [];
    if (message.seq === null) rows.push([state.written, when(message.at)]);
    else rows.push([state.sent, when(message.at)]);
    if (this.mine && message.seq !== null && (this.delivery === 'delivered' || this.delivery === 'read')) {
      const read = coveredAt(this.readMarks, message.seq);
      rows.push([state.delivered, when(coveredAt(this.deliveredMarks, message.seq))]);
      if (this.delivery === 'read') rows.push([state.read, when(read)]);
    }
    return html`<div class="details">
      <dl>
        ${rows.map(
          ([what, at]) =>
            html`<div>
              <dt>${what}</dt>
              <dd>${at}</dd>
            </div>`,
        )}
      </dl>
      <button
        class="link"
        type="button"
        @click=${() => {
          emit(this, 'copy-text', { text: message.text });
        }}
      >
        ${chat.copy}
      </button>
    </div>`;
  }

  readonly #toggle = (): void => {
    emit(this, 'show-details', { id: this.details ? null : (this.message?.id ?? null) });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'message-bubble': MessageBubble;
  }
}
