import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { OutgoingFiles } from '../../attachments/outgoing-files.ts';
import type { PendingFiles } from '../../attachments/pending-files.ts';
import type { Loading } from '../../history/history.ts';
import { originalOf, type HeldOriginals, type Original } from '../../history/originals.ts';
import {
  isDeleted,
  type Conversation,
  type Message,
  type MessageReference,
  type Model,
  type Timeline,
} from '../../model/model.ts';
import { base } from '../../styles/base.ts';
import './conversation-header.ts';
import './message-input.ts';
import type { MessageInput } from './message-input.ts';
import './message-list.ts';
import type { MessageList } from './message-list.ts';
import type { ScrollTarget } from './scroll-target.ts';
import { nameIn } from '../shared/words.ts';

const NONE: readonly Message[] = [];

/** One conversation: header, message list and text field. */
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
        position: relative;
      }
      /* Where files can be dropped, while some are above the window. */
      :host([data-drop])::after {
        content: attr(data-drop);
        position: absolute;
        inset: var(--s2);
        z-index: 2;
        display: grid;
        place-items: center;
        border: 2px dashed var(--accent);
        border-radius: var(--round);
        background: color-mix(in srgb, var(--page) 88%, transparent);
        color: var(--accent);
        font-size: var(--title);
        font-weight: 600;
        pointer-events: none;
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

  @property({ attribute: false }) conversation: Conversation | null = null;
  /** Whether the user has blocked the peer. */
  @property({ type: Boolean }) blocked = false;
  @property({ attribute: false }) live: Timeline | null = null;
  @property({ attribute: false }) detour: Timeline | null = null;
  /** Unsent messages of all conversations. */
  @property({ attribute: false }) pending: readonly Message[] = NONE;
  @property({ attribute: false }) pendingReactions: Model['pendingReactions'] = new Map();
  /** Messages that replies quote and that are not loaded. */
  @property({ attribute: false }) originals: HeldOriginals = new Map();
  /** The files of unsent messages, by the ids that they have there. */
  @property({ attribute: false }) outgoing: PendingFiles = new Map();
  /** What sends files; null where none can be sent. */
  @property({ attribute: false }) files: OutgoingFiles | null = null;
  /** The id of the user. */
  @property() me = '';
  /** The message that the draft replies to. */
  @property({ attribute: false }) reply: MessageReference | null = null;
  @property({ attribute: false }) loading: Loading | null = null;
  @property({ attribute: false }) unreadAfter: number | null = null;
  @property({ attribute: false }) target: ScrollTarget | null = null;
  @property() draft = '';
  @property({ type: Number }) draftChanges = 0;
  @property({ type: Boolean }) typing = false;
  @property({ type: Boolean }) online = true;
  @property({ type: Boolean }) enterSends = true;
  /** Whether it is unknown for the moment if the conversation still exists. Its messages are not shown then, and
   *  nothing can be sent. */
  @property({ type: Boolean }) held = false;
  @property({ type: Number }) now = 0;
  @query('message-input') private readonly input!: MessageInput | null;
  @query('message-list') private readonly list!: MessageList | null;
  #joined: {
    live: Timeline | null;
    pending: readonly Message[];
    conversationId: string;
    all: readonly Message[];
  } = {
    live: null,
    pending: NONE,
    conversationId: '',
    all: NONE,
  };

  get canWrite(): boolean {
    return this.conversation !== null && !isDeleted(this.conversation.peer) && !this.blocked;
  }

  /** Focuses the text field, or the message list if nothing can be written any more. */
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
    const { conversation } = this;
    if (conversation === null) return html``;
    const shown = this.detour ?? this.live;
    const first = this.live?.messages[0]?.seq ?? 0;
    const unreadAbove =
      this.detour === null &&
      this.live?.older === true &&
      conversation.unread > 0 &&
      first > conversation.readSeq.me + 1
        ? conversation.unread
        : 0;
    return html`<conversation-header
        .conversation=${conversation}
        .blocked=${this.blocked}
        .typing=${this.typing}
        .live=${this.online}
        .now=${this.now}
      ></conversation-header>
      ${keyed(this.held, this.#list(conversation, shown, unreadAbove))}
      <message-input
        .conversationId=${conversation.id}
        .name=${nameIn(conversation.peer)}
        .draft=${this.draft}
        .draftChanges=${this.draftChanges}
        .closed=${isDeleted(conversation.peer)}
        .blocked=${this.blocked}
        .enterSends=${this.enterSends}
        .held=${this.held}
        .reply=${this.reply}
        .original=${this.#repliedTo(conversation)}
        .files=${this.files}
        @focus-composer=${() => {
          this.focus();
        }}
        @focus-messages=${() => {
          this.list?.focusLast();
        }}
        @send-text=${() => {
          this.list?.toEnd();
        }}
      ></message-input>`;
  }

  #list(conversation: Conversation, shown: Timeline | null, unreadAbove: number): TemplateResult {
    return html`<message-list
      .conversation=${conversation}
      .blocked=${this.blocked}
      .messages=${this.detour?.messages ?? this.#withPending(conversation.id)}
      .loaded=${shown !== null}
      .older=${shown?.older ?? false}
      .detour=${this.detour !== null}
      .pendingReactions=${this.pendingReactions}
      .originals=${this.originals}
      .outgoing=${this.outgoing}
      .me=${this.me}
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

  #repliedTo(conversation: Conversation): Original {
    if (this.reply === null) return null;
    const runs = [this.live, this.detour].map((run) => run?.messages ?? NONE);
    return originalOf(this.reply, runs, this.originals, conversation);
  }

  /** Returns the same array as long as nothing changed, so that the rows are not rendered again needlessly. */
  #withPending(conversationId: string): readonly Message[] {
    const held = this.#joined;
    if (held.live !== this.live || held.pending !== this.pending || held.conversationId !== conversationId) {
      const own = this.pending.filter((message) => message.conversationId === conversationId);
      const sent = this.live?.messages ?? NONE;
      const all = own.length === 0 ? sent : [...sent, ...own];
      this.#joined = { live: this.live, pending: this.pending, conversationId, all };
    }
    return this.#joined.all;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-view': ConversationView;
  }
}
