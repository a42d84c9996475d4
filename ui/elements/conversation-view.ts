import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Loading } from '../state/history.ts';
import { isDeleted, type Chat, type ChatMessage, type Timeline } from '../state/model.ts';
import { base } from '../styles/base.ts';
import './conversation-header.ts';
import './message-input.ts';
import type { MessageInput } from './message-input.ts';
import './message-list.ts';
import type { MessageList, Target } from './message-list.ts';
import { nameOf } from './words.ts';

const NONE: readonly ChatMessage[] = [];

/** One conversation: head, messages, field. */
@customElement('conversation-view')
export class ConversationView extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        block-size: 100%;
        container-type: inline-size;
      }
      @media print {
        :host {
          display: block;
          block-size: auto;
        }
        message-input {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) chat: Chat | null = null;
  @property({ attribute: false }) live: Timeline | null = null;
  @property({ attribute: false }) detour: Timeline | null = null;
  /** Of all conversations. */
  @property({ attribute: false }) pending: readonly ChatMessage[] = NONE;
  @property({ attribute: false }) loading: Loading | null = null;
  @property({ attribute: false }) unreadAfter: number | null = null;
  @property({ attribute: false }) target: Target | null = null;
  @property() draft = '';
  @property({ type: Number }) draftChanges = 0;
  @property({ type: Boolean }) typing = false;
  @property({ type: Boolean }) online = true;
  @property({ type: Boolean }) enterSends = true;
  /** Nobody knows for a moment whether the conversation is still there: it is shown without its messages, and what is written
   *  is not sent yet. */
  @property({ type: Boolean }) held = false;
  @property({ type: Number }) now = 0;
  @query('message-input') private readonly input!: MessageInput | null;
  @query('message-list') private readonly list!: MessageList | null;
  #joined: {
    live: Timeline | null;
    pending: readonly ChatMessage[];
    chatId: string;
    all: readonly ChatMessage[];
  } = {
    live: null,
    pending: NONE,
    chatId: '',
    all: NONE,
  };

  get canWrite(): boolean {
    return this.chat !== null && !isDeleted(this.chat.peer);
  }

  /** The field, or the messages where nothing can be written any more. */
  override focus(options?: FocusOptions): void {
    const place = this.canWrite ? this.input : this.list;
    if (place?.hasUpdated === true) place.focus(options);
    else void this.#focusWhenThere(options);
  }

  async #focusWhenThere(options?: FocusOptions): Promise<void> {
    await this.updateComplete;
    const place = this.canWrite ? this.input : this.list;
    await place?.updateComplete;
    place?.focus(options);
  }

  override render(): TemplateResult {
    const { chat } = this;
    if (chat === null) return html``;
    const shown = this.detour ?? this.live;
    const first = this.live?.messages[0]?.seq ?? 0;
    const unreadAbove =
      this.detour === null && this.live?.older === true && chat.unread > 0 && first > chat.readSeq.me + 1
        ? chat.unread
        : 0;
    return html`<conversation-header
        .chat=${chat}
        .typing=${this.typing}
        .live=${this.online}
        .now=${this.now}
      ></conversation-header>
      ${keyed(this.held, this.#list(chat, shown, unreadAbove))}
      <message-input
        .chatId=${chat.id}
        .name=${nameOf(chat.peer)}
        .draft=${this.draft}
        .draftChanges=${this.draftChanges}
        .closed=${isDeleted(chat.peer)}
        .enterSends=${this.enterSends}
        .held=${this.held}
        @focus-messages=${() => {
          this.list?.focusLast();
        }}
        @send-text=${() => {
          this.list?.toEnd();
        }}
      ></message-input>`;
  }

  #list(chat: Chat, shown: Timeline | null, unreadAbove: number): TemplateResult {
    return html`<message-list
      .chat=${chat}
      .messages=${this.detour?.messages ?? this.#withPending(chat.id)}
      .loaded=${shown !== null}
      .older=${shown?.older ?? false}
      .detour=${this.detour !== null}
      .loading=${this.loading}
      .unreadAfter=${this.unreadAfter}
      .unreadAbove=${unreadAbove}
      .target=${this.target}
      .now=${this.now}
      @focus-composer=${() => {
        this.focus();
      }}
    ></message-list>`;
  }

  /** The same list as long as nothing changed, so that the rows below are not rendered for nothing. */
  #withPending(chatId: string): readonly ChatMessage[] {
    const held = this.#joined;
    if (held.live !== this.live || held.pending !== this.pending || held.chatId !== chatId) {
      const own = this.pending.filter((message) => message.chatId === chatId);
      const sent = this.live?.messages ?? NONE;
      const all = own.length === 0 ? sent : [...sent, ...own];
      this.#joined = { live: this.live, pending: this.pending, chatId, all };
    }
    return this.#joined.all;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-view': ConversationView;
  }
}
