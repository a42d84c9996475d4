import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Chat } from '../state/model.ts';
import { panelStrings } from '../strings/panel-strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { dialogs } from '../styles/dialogs.ts';
import { panel } from '../styles/panel.ts';
import { emit } from './emit.ts';
import './person-avatar.ts';
import { isDeleted } from '../state/model.ts';
import { nameOf } from './words.ts';
import { isComposing } from './writing-keys.ts';

const SHOWN = 8;

/** Ctrl+K: go to a conversation by a few letters of its name. A combobox: focus stays in the field. */
@customElement('quick-switcher')
export class QuickSwitcher extends LitElement {
  static override readonly styles = [
    base,
    controls,
    dialogs,
    panel,
    css`
      :host {
        display: contents;
      }
      .ask {
        padding: var(--s3);
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

  @property({ attribute: false }) chats: readonly Chat[] = [];
  @state() private text = '';
  @state() private at = 0;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  /** Something else is opened in its place. */
  #hasLeft = false;

  override firstUpdated(): void {
    this.dialog.showModal();
    this.renderRoot.querySelector('input')?.focus();
  }

  override render(): TemplateResult {
    const { switcher } = panelStrings();
    const hits = this.#hits();
    return html`<dialog
      class="high"
      aria-label=${switcher.title}
      @close=${this.#closed}
      @pointerdown=${this.#outside}
    >
      <div class="ask">
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
        <div id="hits" role="listbox" aria-label=${switcher.title}>
          ${hits.map(
            (chat, at) =>
              html`<div
                class="result"
                role="option"
                id="hit-${at}"
                aria-selected=${at === this.at ? 'true' : 'false'}
                @pointerdown=${(event: Event) => {
                  event.preventDefault();
                }}
                @pointerup=${() => {
                  this.#go(chat);
                }}
              >
                <person-avatar
                  .person=${chat.peer.id}
                  .name=${nameOf(chat.peer)}
                  .gone=${isDeleted(chat.peer)}
                >
                </person-avatar>
                <bdi class="name grow">${nameOf(chat.peer)}</bdi>
              </div>`,
          )}
        </div>
        ${hits.length === 0 ? html`<p class="say" role="status">${switcher.none}</p>` : nothing}
      </div>
    </dialog>`;
  }

  #hits(): readonly Chat[] {
    const wanted = this.text.trim().toLocaleLowerCase();
    const rank = (chat: Chat): number => nameOf(chat.peer).toLocaleLowerCase().indexOf(wanted);
    return this.chats
      .filter((chat) => rank(chat) >= 0)
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
      const chat = hits[this.at];
      if (chat === undefined) {
        this.#hasLeft = true;
        this.dialog.close();
        emit(this, 'open-panel', { panel: 'people' });
      } else this.#go(chat);
    } else return;
    event.preventDefault();
  };

  #go(chat: Chat): void {
    this.#hasLeft = true;
    this.dialog.close();
    emit(this, 'open-chat', { chatId: chat.id });
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
