import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import { isDeleted, type Conversation } from '../../model/model.ts';
import { profileOf } from '../../model/person.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit, type ConversationAct } from '../shared/emit.ts';
import type {} from './conversation-menu.ts';
import { backIcon, searchIcon } from '../shared/icons.ts';
import { moreIcon } from '../shared/more-icons.ts';
import { Layer } from '../shared/layer.ts';
import '../shared/person-avatar.ts';
import { handleOf, nameOf, presenceWords } from '../shared/words.ts';

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
        position: relative;
        display: flex;
        margin-inline-end: auto;
        align-items: center;
        gap: var(--s2);
        min-inline-size: 0;
        padding-block: var(--s1);
      }
      .words {
        flex: 1;
        min-inline-size: 0;
      }
      h2 button {
        display: block;
        max-inline-size: 100%;
        overflow: inherit;
        text-overflow: inherit;
        text-align: start;
        font: inherit;
      }
      /* A click on the picture or on the line below counts as one on the name. */
      h2 button::after {
        content: '';
        position: absolute;
        inset: 0;
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
      .lively {
        color: var(--accent);
      }
      .back {
        display: none;
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
        /* There is room for one of them: the profile has both. */
        .handle {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) conversation: Conversation | null = null;
  /** Whether the user has blocked the peer. */
  @property({ type: Boolean }) blocked = false;
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
      ${this.#who(conversation.peer)}
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
          ? html`<conversation-menu
              id="menu"
              .conversation=${conversation}
              .blocked=${this.blocked}
              .now=${this.now}
              .act=${this.#act}
              .find=${this.#find}
              .print=${this.#print}
              .trash=${this.#remove}
              @keydown=${this.#key}
              @focusout=${this.#left}
            ></conversation-menu>`
          : nothing
      }`;
  }

  #who(peer: UserResource): TemplateResult {
    const words = strings().chat;
    const online = !isDeleted(peer) && peer.status === 'online' && this.live;
    const handle = handleOf(peer);
    const presence = this.typing ? words.typing : this.live ? presenceWords(peer, this.now) : '';
    return html`<div class="who">
      <person-avatar
        .person=${peer.id}
        .name=${nameOf(peer)}
        .picture=${profileOf(peer).avatar}
        .gone=${isDeleted(peer)}
        .online=${online}
      ></person-avatar>
      <div class="words">
        <h2 class=${isDeleted(peer) ? 'gone' : ''}>
          <button type="button" aria-haspopup="dialog" title=${words.profile} @click=${this.#profile}>
            <bdi>${nameOf(peer)}</bdi>
          </button>
        </h2>
        ${handle === '' && presence === '' ? nothing : this.#below(handle, presence)}
      </div>
    </div>`;
  }

  #below(handle: string, presence: string): TemplateResult {
    const state =
      presence === '' ? nothing : html`<span class=${this.typing ? 'lively' : ''}>${presence}</span>`;
    return html`<p>
      ${handle === '' ? nothing : html`<span class=${presence === '' ? '' : 'handle'}><bdi>${handle}</bdi>${presence === '' ? nothing : ' · '}</span>`}${state}
    </p>`;
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('open')) return;
    if (this.open) this.#menu.opened();
    else this.#menu.closed();
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
    if (to instanceof Element && to.closest('conversation-menu, .more') !== null) return;
    this.open = false;
  };

  readonly #profile = (): void => {
    emit(this, 'open-panel', { panel: 'person' });
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

  readonly #act = (act: ConversationAct): void => {
    this.open = false;
    if (this.conversation !== null) emit(this, 'manage', { conversationId: this.conversation.id, act });
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
