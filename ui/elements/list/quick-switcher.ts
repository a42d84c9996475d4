import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Conversation } from '../../model/model.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { dialogs } from '../../styles/dialogs.ts';
import { fields } from '../../styles/fields.ts';
import { panel } from '../../styles/panel.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon } from '../shared/more-icons.ts';
import '../shared/person-avatar.ts';
import { isDeleted } from '../../model/model.ts';
import { profileOf } from '../../model/person.ts';
import { comparableName } from '../../model/text/comparable-name.ts';
import { handleOf, nameOf } from '../shared/words.ts';
import { touch } from '../shared/window-focus.ts';
import { isComposing } from '../shared/writing-keys.ts';

const SHOWN = 8;

/** Ctrl+K: switches to a conversation by a few letters of its name. It is a combobox, so the focus stays in the
 *  field. */
@customElement('quick-switcher')
export class QuickSwitcher extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    dialogs,
    panel,
    css`
      :host {
        display: contents;
      }
      .ask {
        padding: var(--s3);
      }
      .bar + .ask {
        padding-block-start: 0;
      }
      .bar {
        border: 0;
      }
      .shared {
        padding: 0 var(--s4) var(--s3);
      }
      .shared p {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        overflow-wrap: anywhere;
        padding: var(--s2) var(--s3);
        border-radius: var(--round);
        background: var(--hover);
        color: var(--quiet);
        font-size: var(--small);
        white-space: pre-line;
        unicode-bidi: plaintext;
      }
      .shared .notice {
        display: block;
        background: var(--warn-back);
        color: var(--warn-text);
      }
      .shared > * + * {
        margin-block-start: var(--s2);
      }
      .results {
        flex: none;
        max-block-size: 24rem;
      }
      .result {
        cursor: pointer;
        display: flex;
        align-items: center;
        gap: var(--s3);
        padding: var(--s1) var(--s3);
        min-block-size: 3rem;
        border-radius: var(--round);
      }
      .result[aria-selected='true'] {
        background: var(--chosen);
      }
      @media (forced-colors: active) {
        .result[aria-selected='true'] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
    `,
  ];

  @property({ attribute: false }) conversations: readonly Conversation[] = [];
  /** `share`: to choose where a text goes that another app has shared. */
  @property() purpose: 'switch' | 'share' = 'switch';
  /** What is shared, in words: its text, and its files. */
  @property({ attribute: false }) shared: readonly string[] = [];
  /** Why not all of it can be. */
  @property() lacking = '';
  @state() private text = '';
  @state() private at = 0;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  /** Another conversation or panel is opened instead. */
  #hasLeft = false;

  override firstUpdated(): void {
    this.dialog.showModal();
    // On a touch screen the keyboard would cover half of the names.
    if (this.purpose === 'switch' || !touch()) this.renderRoot.querySelector('input')?.focus();
  }

  override render(): TemplateResult {
    const { switcher } = panelStrings();
    const hits = this.#hits();
    const isShare = this.purpose === 'share';
    const title = isShare ? switcher.share : switcher.title;
    return html`<dialog class="high" aria-label=${title} @close=${this.#closed} @pointerdown=${this.#outside}>
      ${isShare ? this.#share(title) : nothing}
      ${isShare && this.shared.length === 0 ? nothing : this.#choice(title, hits)}
    </dialog>`;
  }

  /** What is shared, above the choice of a conversation. */
  #share(title: string): TemplateResult {
    const { close } = strings();
    const { lacking, shared } = this;
    return html`<div class="bar">
        <h2>${title}</h2>
        <button
          class="icon"
          type="button"
          aria-label=${close}
          title=${close}
          @click=${() => {
            this.dialog.close();
          }}
        >
          ${closeIcon}
        </button>
      </div>
      <div class="shared">
        ${shared.map((part) => html`<p dir="auto">${part}</p>`)}
        ${lacking === '' ? nothing : html`<p class="notice" role="status">${lacking}</p>`}
        ${shared.length === 0 ? nothing : html`<div class="hint">${panelStrings().switcher.shareHint}</div>`}
      </div>`;
  }

  #choice(title: string, hits: readonly Conversation[]): TemplateResult {
    const { switcher } = panelStrings();
    const none = this.purpose === 'share' ? switcher.shareNone : switcher.none;
    return html`<div class="ask">
        <input
          role="combobox"
          aria-label=${switcher.label}
          aria-expanded="true"
          aria-controls="hits"
          aria-autocomplete="list"
          aria-activedescendant=${hits[this.at] === undefined ? nothing : `hit-${String(this.at)}`}
          placeholder=${switcher.placeholder}
          autocapitalize="none"
          autocomplete="off"
          spellcheck="false"
          dir="auto"
          @input=${(event: InputEvent) => {
            this.text = (event.target as HTMLInputElement).value;
            this.at = 0;
          }}
          @keydown=${this.#key}
        />
      </div>
      <div class="results">
        <div id="hits" role="listbox" aria-label=${title}>
          ${hits.map((conversation, at) => this.#hit(conversation, at))}
        </div>
        ${hits.length === 0 ? html`<p class="say" role="status">${none}</p>` : nothing}
      </div>`;
  }

  #hit(conversation: Conversation, at: number): TemplateResult {
    const { peer } = conversation;
    return html`<div
      class="result"
      role="option"
      id="hit-${at}"
      aria-selected=${at === this.at ? 'true' : 'false'}
      @pointerdown=${(event: Event) => {
        event.preventDefault();
      }}
      @pointerup=${() => {
        this.#go(conversation);
      }}
    >
      <person-avatar
        .person=${peer.id}
        .name=${nameOf(peer)}
        .picture=${profileOf(peer).avatar}
        .gone=${isDeleted(peer)}
      >
      </person-avatar>
      <span class="grow"
        ><bdi class="name">${nameOf(peer)}</bdi
        ><span class="excerpt"><bdi>${handleOf(peer)}</bdi></span></span
      >
    </div>`;
  }

  #hits(): readonly Conversation[] {
    const wanted = comparableName(this.text);
    /** Where the text stands in the name or in the username, whichever has it earlier; -1 if in neither. */
    const rank = ({ peer }: Conversation): number => {
      const places = [nameOf(peer), peer.username]
        .map((name) => comparableName(name).indexOf(wanted))
        .filter((at) => at >= 0);
      return places.length === 0 ? -1 : Math.min(...places);
    };
    return this.conversations
      .filter((conversation) => rank(conversation) >= 0)
      .sort((a, b) => Number(rank(a) > 0) - Number(rank(b) > 0))
      .slice(0, SHOWN);
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    const hits = this.#hits();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.at = (this.at + step + hits.length) % Math.max(1, hits.length);
    } else if (event.key === 'Enter') {
      const conversation = hits[this.at];
      if (conversation === undefined) {
        if (this.purpose === 'share') return;
        this.#hasLeft = true;
        this.dialog.close();
        emit(this, 'open-panel', { panel: 'people' });
      } else this.#go(conversation);
    } else return;
    event.preventDefault();
  };

  #go(conversation: Conversation): void {
    this.#hasLeft = true;
    this.dialog.close();
    emit(this, 'open-chat', { conversationId: conversation.id });
  }

  readonly #outside = (event: PointerEvent): void => {
    if (event.target === this.dialog) this.dialog.close();
  };

  readonly #closed = (): void => {
    if (!this.#hasLeft) emit(this, 'close-panel');
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'quick-switcher': QuickSwitcher;
  }
}
