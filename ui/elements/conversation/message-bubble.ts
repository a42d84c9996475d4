import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Message, DeliveryState, Mark } from '../../model/model.ts';
import { clockTime } from '../../model/text/dates.ts';
import { foldOf } from '../../model/text/fold.ts';
import { pieces } from '../../model/text/links.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { bubbleStyles } from '../../styles/bubble.ts';
import { emit } from '../shared/emit.ts';
import type {} from './message-details.ts';
import { tickFor } from '../shared/delivery-icons.ts';

/** The ids of long messages that are shown in full. Kept here because the elements come and go as the user scrolls. */
const unfolded = new Set<string>();

/** One message: sender, text, time and delivery state. The text is rendered as plain text; only addresses that
 *  `links.ts` accepts become links. */
@customElement('message-bubble')
export class MessageBubble extends LitElement {
  static override readonly styles = [base, controls, bubbleStyles];

  @property({ attribute: false }) message: Message | null = null;
  @property() sender = '';
  /** Null for messages of the peer. */
  @property({ attribute: false }) delivery: DeliveryState | null = null;
  @property({ type: Boolean, reflect: true }) mine = false;
  @property({ type: Boolean, reflect: true }) first = false;
  @property({ type: Boolean, reflect: true }) last = false;
  @property({ type: Boolean }) details = false;
  /** The user was led to this message, so it is shown in full. */
  @property({ type: Boolean }) hit = false;
  @property({ attribute: false }) deliveredMarks: readonly Mark[] = [];
  @property({ attribute: false }) readMarks: readonly Mark[] = [];

  @query('.text') private readonly text!: HTMLElement;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('hit') && this.hit && this.message !== null) unfolded.add(this.message.id);
  }

  /** Includes the details, because whoever measures this element waits for this promise. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const done = await super.getUpdateComplete();
    if (this.details) await this.renderRoot.querySelector('message-details')?.updateComplete;
    return done;
  }

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    const { chat: conversation } = strings();
    const fold = foldOf(message.content);
    const folded = fold !== null && !unfolded.has(message.id);
    const classes = `text ${fold ?? ''} ${folded ? 'folded' : ''}`;
    const time = clockTime(message.sentAt, language());
    return html`<article aria-label=${conversation.sentBy(this.sender, time)}>
        <span class="visually-hidden"><bdi>${this.sender}</bdi></span>
        <div class=${classes} dir="auto" @scroll=${this.#shownBelow}>${this.#text(message.content)}</div>
        ${fold === null ? nothing : this.#foldButton(fold, folded)}
        <button
          class="meta"
          type="button"
          tabindex="-1"
          aria-expanded=${this.details ? 'true' : 'false'}
          @click=${this.#toggle}
        >
          <time datetime=${message.sentAt}>${time}</time>
          ${this.delivery === null ? nothing : tickFor(this.delivery)}
        </button>
      </article>
      ${message.failure !== null ? this.#failed(message) : nothing}
      ${
        this.details
          ? html`<message-details
              .message=${message}
              .delivery=${this.delivery}
              .deliveredMarks=${this.deliveredMarks}
              .readMarks=${this.readMarks}
            ></message-details>`
          : nothing
      }`;
  }

  #foldButton(fold: string, folded: boolean): TemplateResult {
    const { showAll, showLess } = strings().chat;
    return html`<button
      class="link fold ${fold}"
      type="button"
      aria-expanded=${folded ? 'false' : 'true'}
      @click=${this.#toggleFold}
    >
      ${folded ? showAll : showLess}
    </button>`;
  }

  /** No white space between the pieces, because it would be shown. */
  #text(text: string): readonly (TemplateResult | string)[] {
    return pieces(text).map(({ text: words, href }) =>
      href === null
        ? words
        : html`<a
            href=${href}
            target=${href.startsWith('http') ? '_blank' : nothing}
            rel="noopener noreferrer"
            >${words}</a
          >`,
    );
  }

  #failed(message: Message): TemplateResult {
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

  readonly #toggleFold = (event: Event): void => {
    void this.#fold(this.text.matches(':not(.folded)'), event.currentTarget as Element);
  };

  /** The browser has scrolled the folded part to a search match or to a focused link. */
  readonly #shownBelow = (): void => {
    if (this.text.scrollTop > 0) void this.#fold(false, this.text);
  };

  /** Keeps what the user looks at in place: the button if the text above it becomes shorter, otherwise the text. */
  async #fold(folded: boolean, button: Element): Promise<void> {
    const id = this.message?.id ?? '';
    const { text } = this;
    const place = (): number =>
      folded ? button.getBoundingClientRect().top : text.getBoundingClientRect().top - text.scrollTop;
    const before = place();
    if (folded) unfolded.delete(id);
    else unfolded.add(id);
    this.requestUpdate();
    await this.updateComplete;
    text.scrollTop = 0;
    this.closest('.scroller')?.scrollBy({ top: place() - before, behavior: 'instant' });
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
