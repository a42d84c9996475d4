import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Conversation } from '../../model/model.ts';
import { narrow } from '../../navigation/one-pane.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import {
  closeOnOutside,
  menuKey,
  menuSheetStyles,
  placeMenu,
  popupMenuStyles,
} from '../conversation/popup-menu.ts';
import {
  entryContent,
  entryStyles,
  settingEntries,
  type ConversationEntry,
} from '../shared/conversation-entries.ts';
import type { ConversationAct } from '../shared/emit.ts';
import { trashIcon } from '../shared/more-icons.ts';
import { nameIn } from '../shared/words.ts';

/** The menu of a conversation in the list: beside the pointer, or as a sheet at the bottom of a narrow screen. It removes itself when it
 *  is closed. */
@customElement('row-menu')
export class RowMenu extends LitElement {
  static override readonly styles = [
    base,
    controls,
    popupMenuStyles,
    menuSheetStyles,
    entryStyles,
    css`
      .who {
        display: none;
      }
      @media (max-width: 720px) {
        .who {
          display: block;
          padding: var(--s4) var(--s5) var(--s1);
          color: var(--quiet);
          font-size: var(--small);
          font-weight: 600;
          overflow: hidden;
          text-overflow: ellipsis;
          white-space: nowrap;
        }
      }
    `,
  ];

  @property({ attribute: false }) conversation: Conversation | null = null;
  /** In pixels from the window's corner. */
  @property({ attribute: false }) place: { readonly x: number; readonly y: number } = { x: 0, y: 0 };
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) act: (act: ConversationAct) => void = () => undefined;
  @property({ attribute: false }) trash: () => void = () => undefined;
  /** Called when the menu has closed, for whatever reason. */
  @property({ attribute: false }) gone: () => void = () => undefined;
  /** Whether it can be chosen how long to mute the conversation. */
  @state() private muting = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  /** Whether a pointer went down inside the menu, so that the following click is meant for it. */
  #isPressed = false;

  override render(): TemplateResult | typeof nothing {
    const { conversation } = this;
    if (conversation === null) return nothing;
    const name = nameIn(conversation.peer);
    const title = manageStrings().manage.menu(name);
    const remove = { label: strings().chat.remove, icon: trashIcon, danger: true, run: this.trash };
    const choice = { isOpen: this.muting, toggle: this.#mute };
    return html`<dialog
      aria-label=${title}
      @close=${() => {
        this.remove();
      }}
      @pointerdown=${this.#outside}
      @contextmenu=${(event: Event) => {
        event.preventDefault();
      }}
      @keydown=${this.#key}
    >
      <p class="who" aria-hidden="true">${name}</p>
      <div role="menu" aria-label=${title}>
        ${[...settingEntries(conversation, this.now, choice, this.act), remove].map((entry) => this.#item(entry))}
      </div>
    </dialog>`;
  }

  #item(entry: ConversationEntry): TemplateResult {
    return html`<button
      role="menuitem"
      type="button"
      tabindex="-1"
      class="${entry.danger === true ? 'danger' : ''} ${entry.icon === null ? 'inner' : ''}"
      aria-expanded=${entry.expanded ?? nothing}
      @click=${(event: MouseEvent) => {
        // The finger that opened the menu may be lifted above an entry, which must not run it.
        if (!this.#isPressed && event.detail !== 0) return;
        if (entry.expanded === undefined) this.#run(entry.run);
        else entry.run();
      }}
    >
      ${entryContent(entry)}
    </button>`;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    this.#place();
    this.dialog.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    addEventListener('resize', this.#place);
  }

  override updated(): void {
    // It has become higher or lower.
    if (this.dialog.open) this.#place();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('resize', this.#place);
    this.gone();
  }

  readonly close = (): void => {
    this.dialog.close();
  };

  readonly #place = (): void => {
    if (narrow()) this.dialog.removeAttribute('style');
    else placeMenu(this.dialog, this.place.x, this.place.y);
  };

  /** Closes first, so that the page can have the focus again. */
  #run(act: () => void): void {
    this.close();
    this.remove();
    act();
  }

  readonly #mute = (): void => {
    this.muting = !this.muting;
  };

  readonly #outside = (event: PointerEvent): void => {
    this.#isPressed = true;
    closeOnOutside(event, this.dialog);
  };

  readonly #key = (event: KeyboardEvent): void => {
    // Shortcuts of the page must not work behind an open menu.
    event.stopPropagation();
    // A repeated key is the one that opened the menu. It is not meant for an entry.
    if (menuKey(event, this.dialog) || event.repeat) event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'row-menu': RowMenu;
  }
}
