import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { narrow } from '../../navigation/one-pane.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { loadPart } from '../shared/load-part.ts';
import {
  messageActions,
  ownEmoji,
  react,
  type MessageAction,
  type MessageElement,
} from './message-actions.ts';
import type {} from './emoji-picker.ts';
import { closeOnOutside, menuKey, menuSheetStyles, placeMenu, popupMenuStyles } from './popup-menu.ts';
import { quickReactions, quickReactionStyles } from './quick-reactions.ts';

/** Where a menu opens, in pixels from the window's corner, and whether touch opened it. `content`: all that can be done with the
 *  message, or only reacting to it. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly byTouch: boolean;
  readonly content: 'all' | 'reactions';
}

/** The menu of a message: beside the pointer, or as a sheet at the bottom of a narrow screen. It is modal, so the
 *  page behind it neither scrolls nor receives the click that closes it. */
@customElement('message-menu')
export class MessageMenu extends LitElement {
  static override readonly styles = [
    base,
    controls,
    popupMenuStyles,
    menuSheetStyles,
    quickReactionStyles,
    css`
      .missing {
        max-inline-size: 18rem;
        padding: var(--s1) var(--s3);
      }
    `,
  ];

  @property({ attribute: false }) actions: readonly MessageAction[] = [];
  /** The emoji that the user has chosen, or null. Undefined if one cannot react. */
  @property({ attribute: false }) chosen: string | null | undefined;
  @property({ attribute: false }) choose: (emoji: string) => void = () => undefined;
  @property({ attribute: false }) place: MenuPlace = { x: 0, y: 0, byTouch: false, content: 'all' };
  /** Called when the menu has closed, for whatever reason. */
  @property({ attribute: false }) gone: () => void = () => undefined;
  /** Whether all emoji are shown instead of the entries. */
  @state() private picking = false;
  /** Whether the emoji could not be loaded when they were asked for. */
  @state() private missing = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  /** Whether a pointer went down inside the menu, so that the following click is meant for it. */
  #isPressed = false;

  override render(): TemplateResult {
    const { title } = panelStrings().menu;
    return html`<dialog
      aria-label=${title}
      @close=${this.#closed}
      @pointerdown=${this.#outside}
      @contextmenu=${this.#noMenu}
      @keydown=${this.#key}
    >
      ${
        this.picking
          ? html`<emoji-picker .chosen=${this.chosen ?? null} .choose=${this.#choose}></emoji-picker>`
          : this.#entries(title)
      }
    </dialog>`;
  }

  #entries(title: string): TemplateResult {
    return html`<div role="menu" aria-label=${title}>
      ${
        this.chosen === undefined
          ? nothing
          : quickReactions(this.chosen, { choose: this.#choose, more: this.#pick, isMeant: this.#isMeant })
      }
      ${this.missing ? html`<p class="missing fault" role="alert">${strings().missing}</p>` : nothing}
      ${this.actions.map(
        (action) =>
          html`<button
            role="menuitem"
            type="button"
            tabindex="-1"
            class=${action.danger === true ? 'danger' : ''}
            @click=${(event: MouseEvent) => {
              if (this.#isMeant(event)) this.#run(action.run);
            }}
          >
            ${action.icon}<span>${action.label}</span>
          </button>`,
      )}
    </div>`;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    this.#place();
    this.dialog.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
    addEventListener('resize', this.#place);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('resize', this.#place);
    this.gone();
  }

  readonly close = (): void => {
    this.dialog.close();
  };

  /** Places the menu beside its point and inside the window. Runs again when the window changes: on a phone, the menu
   *  closes the keyboard and gets its space. */
  readonly #place = (): void => {
    if (narrow()) {
      this.dialog.removeAttribute('style');
      return;
    }
    placeMenu(this.dialog, this.place.x, this.place.y);
  };

  /** Close first, so that the page can have the focus and a selection again. */
  #run(act: () => void): void {
    this.close();
    this.remove();
    act();
  }

  /** The finger that opened the menu may be lifted above an entry, which must not run it. */
  readonly #isMeant = ({ detail }: MouseEvent): boolean => this.#isPressed || detail === 0;

  readonly #choose = (emoji: string): void => {
    this.#run(() => {
      this.choose(emoji);
    });
  };

  readonly #pick = (): void => {
    void this.#showPicker();
  };

  async #showPicker(): Promise<void> {
    this.missing = (await loadPart(() => import('./emoji-picker.ts'))) !== null;
    if (this.missing || !this.isConnected) return;
    this.picking = true;
    await this.updateComplete;
    const picker = this.dialog.querySelector('emoji-picker');
    await picker?.updateComplete;
    picker?.focus();
    this.#place();
  }

  readonly #closed = (): void => {
    this.remove();
  };

  readonly #outside = (event: PointerEvent): void => {
    this.#isPressed = true;
    closeOnOutside(event, this.dialog);
  };

  readonly #noMenu = (event: Event): void => {
    event.preventDefault();
  };

  readonly #key = (event: KeyboardEvent): void => {
    // Shortcuts of the page must not work behind an open menu.
    event.stopPropagation();
    if (this.picking) return;
    // A repeated key is the one that opened the menu. It is not meant for an entry.
    if (menuKey(event, this.dialog) || event.repeat) event.preventDefault();
  };
}

let open: MessageMenu | null = null;

export const isMessageMenuOpen = (): boolean => open?.isConnected === true;

/** Closes the open menu, if any. */
export const closeMessageMenu = (): void => {
  if (open?.isConnected === true) open.close();
};

/** Opens the menu of a message, unless one is open. When the dialog closes, it returns the focus to the element that
 *  has it now. */
export const openMessageMenu = (
  element: MessageElement,
  place: MenuPlace,
  layer: { opened(): void; closed(): void },
): void => {
  if (open?.isConnected === true || !element.isConnected) return;
  open = document.createElement('message-menu');
  open.actions = place.content === 'all' ? messageActions(element, place.byTouch) : [];
  if (element.answerable) open.chosen = ownEmoji(element);
  open.choose = (emoji) => {
    react(element, emoji);
  };
  open.place = place;
  open.gone = () => {
    layer.closed();
  };
  document.body.append(open);
  layer.opened();
};

declare global {
  interface HTMLElementTagNameMap {
    'message-menu': MessageMenu;
  }
}
