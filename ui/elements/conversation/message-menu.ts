import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { narrow } from '../../navigation/one-pane.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { messageActions, type MessageAction, type MessageElement } from './message-actions.ts';
import { closeOnOutside, menuKey, placeMenu, popupMenuStyles } from './popup-menu.ts';

/** Where a menu opens, in pixels from the window's corner, and whether touch opened it. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly byTouch: boolean;
}

/** The menu of a message: beside the pointer, or as a sheet at the bottom of a narrow screen. It is modal, so the
 *  page behind it neither scrolls nor receives the click that closes it. */
@customElement('message-menu')
export class MessageMenu extends LitElement {
  static override readonly styles = [
    base,
    controls,
    popupMenuStyles,
    css`
      dialog {
        min-inline-size: 12rem;
        max-inline-size: calc(100vw - 1rem);
        max-block-size: calc(100dvh - 1rem);
        overflow-y: auto;
        overscroll-behavior: contain;
        animation: open var(--quick) var(--ease);
      }
      @keyframes open {
        from {
          opacity: 0;
          transform: translateY(0.25rem);
        }
      }
      [role='menuitem'] {
        display: flex;
        align-items: center;
        gap: var(--s3);
      }
      [role='menuitem']:focus-visible {
        outline-offset: -2px;
      }
      .danger {
        color: var(--danger);
      }
      @media (pointer: coarse) {
        [role='menuitem'] {
          min-block-size: 3rem;
        }
      }
      @media (max-width: 720px) {
        dialog {
          inset: auto 0 0;
          inline-size: 100%;
          max-inline-size: none;
          border-width: 1px 0 0;
          border-radius: 1rem 1rem 0 0;
        }
        dialog::backdrop {
          background: var(--veil);
        }
        [role='menu'] {
          padding: var(--s2) var(--s2) max(var(--s2), env(safe-area-inset-bottom));
        }
        [role='menuitem'] {
          min-block-size: 3rem;
          padding-inline: var(--s4);
        }
      }
    `,
  ];

  @property({ attribute: false }) actions: readonly MessageAction[] = [];
  @property({ attribute: false }) place: MenuPlace = { x: 0, y: 0, byTouch: false };
  /** Called when the menu has closed, for whatever reason. */
  @property({ attribute: false }) gone: () => void = () => undefined;
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
      <div role="menu" aria-label=${title}>
        ${this.actions.map(
          (action) =>
            html`<button
              role="menuitem"
              type="button"
              tabindex="-1"
              class=${action.danger === true ? 'danger' : ''}
              @click=${({ detail }: MouseEvent) => {
                // The finger that opened the menu may be lifted above an entry, which must not run it.
                if (this.#isPressed || detail === 0) this.#run(action);
              }}
            >
              ${action.icon}<span>${action.label}</span>
            </button>`,
        )}
      </div>
    </dialog>`;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    this.#place();
    this.dialog.querySelector<HTMLElement>('[role=menuitem]')?.focus();
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
  #run(action: MessageAction): void {
    this.close();
    this.remove();
    action.run();
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
  open.actions = messageActions(element, place.byTouch);
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
