import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { PendingFiles } from '../../attachments/pending-files.ts';
import type { Original } from '../../history/originals.ts';
import type { Message, DeliveryState, Mark, Reaction } from '../../model/model.ts';
import { isPicture } from '../../model/text/attachment-words.ts';
import { clockTime } from '../../model/text/dates.ts';
import { foldOf } from '../../model/text/fold.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { bubbleStyles } from '../../styles/bubble.ts';
import { emit } from '../shared/emit.ts';
import { attachmentsOf } from './attachments-place.ts';
import type {} from './message-details.ts';
import type {} from './message-failure.ts';
import type {} from './message-quote.ts';
import type {} from './message-reactions.ts';
import { tickFor } from '../shared/delivery-icons.ts';
import { hasBlocks, measuredText, messageText } from '../shared/message-text.ts';

/** The ids of long messages that are shown in full. Kept here because the elements come and go as the user scrolls. */
const unfolded = new Set<string>();

const NONE: PendingFiles = new Map();

/** The shape of a bubble: with pictures, with nothing but pictures, or with other files. */
const lookOf = ({ content, attachments }: Message): string => {
  if (!attachments.some(isPicture)) return attachments.length > 0 ? 'filed' : '';
  return content === '' && attachments.every(isPicture) ? 'pictured bare' : 'pictured';
};

/** One message: sender, files, text, time and delivery state. The text is rendered as text and never as markup: what
 *  `formatting.ts` finds in it becomes an element each, and so do the addresses that `links.ts` accepts. */
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
  /** The name of the other user. */
  @property() peer = '';
  /** The id of the user. */
  @property() me = '';
  /** Whether the user has blocked the peer. */
  @property({ type: Boolean }) blocked = false;
  /** Whether one can reply and react to the message. */
  @property({ type: Boolean }) answerable = false;
  /** The message that this one replies to. */
  @property({ attribute: false }) original: Original = null;
  /** Those of the message, with what the user has just chosen. */
  @property({ attribute: false }) reactions: readonly Reaction[] = [];
  /** The files of unsent messages, by the ids that they have there. */
  @property({ attribute: false }) outgoing: PendingFiles = NONE;
  @property({ type: Boolean }) details = false;
  /** The user was led to this message, so it is shown in full. */
  @property({ type: Boolean }) hit = false;
  @property({ attribute: false }) deliveredMarks: readonly Mark[] = [];
  @property({ attribute: false }) readMarks: readonly Mark[] = [];

  /** Null if the message has none. */
  @query('.text') private readonly text!: HTMLElement | null;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('hit') && this.hit && this.message !== null) unfolded.add(this.message.id);
  }

  /** Includes what it consists of, because whoever measures this element waits for this promise. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const done = await super.getUpdateComplete();
    for (const part of this.renderRoot.querySelectorAll(
      'message-details, message-quote, message-reactions, message-attachments',
    ))
      await (part as Partial<LitElement>).updateComplete;
    return done;
  }

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    const { chat: conversation } = strings();
    const { content, attachments } = message;
    const hasText = content !== '' || attachments.length === 0;

    const fold = foldOf(measuredText(content));
    const folded = fold !== null && !unfolded.has(message.id);
    const classes = `text ${fold ?? ''} ${folded ? 'folded' : ''} ${hasBlocks(content) ? 'blocks' : ''}`;
    const time = clockTime(message.sentAt, language());
    return html`<article class=${lookOf(message)} aria-label=${conversation.sentBy(this.sender, time)}>
        <span class="visually-hidden"><bdi>${this.sender}</bdi></span>
        ${
          message.replyTo === null
            ? nothing
            : html`<message-quote
                .seq=${message.replyTo.seq}
                .original=${this.original}
                .name=${this.peer}
              ></message-quote>`
        }
        ${attachmentsOf(message, this.sender, this.outgoing)}
        ${
          hasText
            ? html`<div class=${classes} dir="auto" @scroll=${this.#shownBelow}>${messageText(content)}</div>`
            : nothing
        }
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
      ${this.#below(message)}`;
  }

  /** What stands below the bubble. */
  #below(message: Message): TemplateResult {
    return html`${
      this.reactions.length === 0
        ? nothing
        : html`<message-reactions
            .message=${message}
            .reactions=${this.reactions}
            .me=${this.me}
            .name=${this.peer}
            .disabled=${!this.answerable}
          ></message-reactions>`
    }
    ${message.failure !== null ? html`<message-failure .message=${message} .name=${this.peer} .blocked=${this.blocked}></message-failure>` : nothing}
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

  readonly #toggleFold = (event: Event): void => {
    if (this.text !== null)
      void this.#fold(this.text, this.text.matches(':not(.folded)'), event.currentTarget as Element);
  };

  /** The browser has scrolled the folded part to a search match or to a focused link. */
  readonly #shownBelow = (): void => {
    if (this.text !== null && this.text.scrollTop > 0) void this.#fold(this.text, false, this.text);
  };

  /** Keeps what the user looks at in place: the button if the text above it becomes shorter, otherwise the text. */
  async #fold(text: HTMLElement, folded: boolean, button: Element): Promise<void> {
    const id = this.message?.id ?? '';
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
