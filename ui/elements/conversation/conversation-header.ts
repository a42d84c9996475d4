import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isDeleted, type Conversation } from '../../model/model.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { backIcon, moreIcon, printIcon, searchIcon, trashIcon } from '../shared/icons.ts';
import { Layer } from '../shared/layer.ts';
import '../shared/person-avatar.ts';
import { nameOf, presenceWords } from '../shared/words.ts';

/** The peer, their presence, and the actions for the conversation. */
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
      /* With very large text on a small screen, the name is more useful than the avatar. */
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

  @property({ attribute: false }) conversation: Conversation | null = null;
  @property({ type: Boolean }) typing = false;
  /** Whether there is a connection. Without one, presence is unknown and not shown. */
  @property({ type: Boolean }) live = true;
  @property({ type: Number }) now = 0;
  @state() private open = false;
  readonly #menu = new Layer(this, () => {
    this.open = false;
  });

  override render(): TemplateResult {
    const { conversation } = this;
    if (conversation === null) return html``;
    const words = strings();
    const { peer } = conversation;
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
    if (this.conversation !== null)
      emit(this, 'open-panel', { panel: 'search', conversationId: this.conversation.id });
  };

  readonly #print = async (): Promise<void> => {
    this.open = false;
    await this.updateComplete;
    print();
  };

  readonly #remove = (): void => {
    this.open = false;
    if (this.conversation !== null) emit(this, 'remove-chat', { conversationId: this.conversation.id });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-header': ConversationHeader;
  }
}
