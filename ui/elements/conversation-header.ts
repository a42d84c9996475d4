import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isDeleted, type Chat } from '../state/model.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { emit } from './emit.ts';
import { backIcon, moreIcon, printIcon, searchIcon, trashIcon } from './icons.ts';
import { Layer } from './layer.ts';
import './person-avatar.ts';
import { nameOf, presenceWords } from './words.ts';

/** Who one talks to, whether they are there, and what can be done with the conversation. */
@customElement('conversation-header')
export class ConversationHeader extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        position: relative;
        z-index: 2;
        display: flex;
        align-items: center;
        gap: var(--s2);
        flex: none;
        min-block-size: 3.75rem;
        padding: var(--s1) var(--s2) var(--s1) var(--s4);
        border-block-end: 1px solid var(--line);
        background: var(--page);
        --behind: var(--page);
      }
      .who {
        flex: 1;
        min-inline-size: 0;
      }
      h2 {
        font-size: var(--large);
        font-weight: 650;
        line-height: 1.25;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .gone {
        font-style: italic;
      }
      p {
        color: var(--quiet);
        font-size: var(--small);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      p.lively {
        color: var(--accent);
      }
      .back {
        display: none;
      }
      .menu {
        position: absolute;
        inset-block-start: 100%;
        inset-inline-end: var(--s2);
        min-inline-size: 12rem;
        padding: var(--s1);
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: var(--round);
        box-shadow: var(--shadow-high);
      }
      .menu button {
        display: flex;
        align-items: center;
        gap: var(--s2);
        inline-size: 100%;
        min-block-size: var(--target);
        padding-inline: var(--s3);
        border-radius: 0.375rem;
      }
      .menu svg {
        inline-size: 18px;
        block-size: 18px;
      }
      .menu .danger {
        color: var(--danger);
      }
      .menu button:hover {
        background: var(--hover);
      }
      :host(:dir(rtl)) .mirrored {
        transform: scaleX(-1);
        transform-origin: center;
      }
      /* Very large text on a small screen: the name is worth more than its letter. */
      @container (inline-size < 17rem) {
        person-avatar {
          display: none;
        }
      }
      @media (max-width: 720px) {
        :host {
          padding-inline-start: var(--s1);
        }
        .back {
          display: inline-grid;
        }
      }
    `,
  ];

  @property({ attribute: false }) chat: Chat | null = null;
  @property({ type: Boolean }) typing = false;
  /** Without a connection nobody knows who is there. */
  @property({ type: Boolean }) live = true;
  @property({ type: Number }) now = 0;
  @state() private open = false;
  readonly #menu = new Layer(this, () => {
    this.open = false;
  });

  override render(): TemplateResult {
    const { chat } = this;
    if (chat === null) return html``;
    const words = strings();
    const { peer } = chat;
    const online = !isDeleted(peer) && peer.status === 'online' && this.live;
    const presence = this.typing ? words.chat.typing : this.live ? presenceWords(peer, this.now) : '';
    return html`<button
        class="icon back"
        type="button"
        aria-label=${words.back}
        @click=${() => {
          emit(this, 'leave-chat');
        }}
      >
        ${backIcon}
      </button>
      <person-avatar .person=${peer.id} .name=${nameOf(peer)} .gone=${isDeleted(peer)} .online=${online}>
      </person-avatar>
      <div class="who">
        <h2 class=${isDeleted(peer) ? 'gone' : ''}><bdi>${nameOf(peer)}</bdi></h2>
        ${presence === '' ? nothing : html`<p class=${this.typing ? 'lively' : ''}>${presence}</p>`}
      </div>
      <button
        class="icon"
        type="button"
        aria-label=${words.chat.find}
        title=${words.chat.find}
        @click=${this.#find}
      >
        ${searchIcon}
      </button>
      <button
        class="icon more"
        type="button"
        aria-label=${words.chat.more}
        aria-expanded=${this.open ? 'true' : 'false'}
        aria-controls=${this.open ? 'menu' : nothing}
        @click=${() => {
          this.open = !this.open;
        }}
      >
        ${moreIcon}
      </button>
      ${
        this.open
          ? html`<div class="menu" id="menu" @keydown=${this.#key} @focusout=${this.#left}>
              <button type="button" @click=${this.#find}>${searchIcon} ${words.chat.find}</button>
              <button type="button" @click=${this.#print}>${printIcon} ${words.chat.print}</button>
              <button class="danger" type="button" @click=${this.#remove}>
                ${trashIcon} ${words.chat.remove}
              </button>
            </div>`
          : nothing
      }`;
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('open')) return;
    if (this.open) {
      this.#menu.opened();
      this.renderRoot.querySelector<HTMLElement>('.menu button')?.focus();
    } else this.#menu.closed();
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.open = false;
    this.renderRoot.querySelector<HTMLElement>('.more')?.focus();
  };

  readonly #left = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    if (to instanceof Element && to.closest('.menu, .more') !== null) return;
    this.open = false;
  };

  readonly #find = (): void => {
    this.open = false;
    if (this.chat !== null) emit(this, 'open-panel', { panel: 'search', chatId: this.chat.id });
  };

  readonly #print = async (): Promise<void> => {
    this.open = false;
    await this.updateComplete;
    print();
  };

  readonly #remove = (): void => {
    this.open = false;
    if (this.chat !== null) emit(this, 'remove-chat', { chatId: this.chat.id });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-header': ConversationHeader;
  }
}
