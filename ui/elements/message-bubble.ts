import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { ChatMessage, DeliveryState, Mark } from '../state/model.ts';
import { clockTime } from '../state/text/dates.ts';
import { foldOf } from '../state/text/fold.ts';
import { pieces } from '../state/text/links.ts';
import { language } from '../strings/locale.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { bubbleStyles } from '../styles/bubble.ts';
import { emit } from './emit.ts';
import type {} from './message-details.ts';
import { tickFor } from './delivery-icons.ts';

/** Long messages that are shown in full, by id: the elements come and go with the scroll position. */
const unfolded = new Set<string>();

/** One message: who, what, when, how far it came. Its text is text; only what `links.ts` lets through becomes a link. */
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
  /** Somebody was led here: all of it is shown. */
  @property({ type: Boolean }) hit = false;
  @property({ attribute: false }) deliveredMarks: readonly Mark[] = [];
  @property({ attribute: false }) readMarks: readonly Mark[] = [];

  @query('.text') private readonly text!: HTMLElement;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('hit') && this.hit && this.message !== null) unfolded.add(this.message.id);
  }

  /** With the details: whoever measures this element waits for it. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const done = await super.getUpdateComplete();
    if (this.details) await this.renderRoot.querySelector('message-details')?.updateComplete;
    return done;
  }

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    const { chat } = strings();
    const fold = foldOf(message.text);
    const folded = fold !== null && !unfolded.has(message.id);
    const classes = `text ${fold ?? ''} ${folded ? 'folded' : ''}`;
    const time = clockTime(message.at, language());
    return html`<article aria-label=${chat.sentBy(this.sender, time)}>
        <span class="visually-hidden"><bdi>${this.sender}</bdi></span>
        <div class=${classes} dir="auto" @scroll=${this.#shownBelow}>${this.#text(message.text)}</div>
        ${fold === null ? nothing : this.#foldButton(fold, folded)}
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

  /** No white space between the pieces: it would be shown. */
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

  readonly #toggleFold = (event: Event): void => {
    void this.#fold(this.text.matches(':not(.folded)'), event.currentTarget as Element);
  };

  /** The browser goes to a word it has found, or to a link that gets the focus, in the folded part. */
  readonly #shownBelow = (): void => {
    if (this.text.scrollTop > 0) void this.#fold(false, this.text);
  };

  /** What one looks at stays where it is: the button when the text above it becomes short, else the text. */
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
