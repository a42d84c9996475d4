import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { narrow } from '../state/one-pane.ts';
import { panelStrings } from '../strings/panel-strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { messageActions, type MessageAction, type MessageElement } from './message-actions.ts';

/** Where a menu opens, in pixels of the window, and whether a finger asked for it. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly byTouch: boolean;
}

const MARGIN = 8;

/** What can be done with a message: beside the pointer, on a narrow screen a sheet at its lower end. It is modal, so the page
 *  behind it neither scrolls nor takes the click that closes it. */
@customElement('message-menu')
export class MessageMenu extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      dialog {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 0;
        min-inline-size: 12rem;
        max-inline-size: calc(100vw - 1rem);
        max-block-size: calc(100dvh - 1rem);
        overflow-y: auto;
        overscroll-behavior: contain;
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--raised);
        color: var(--text);
        box-shadow: var(--shadow-high);
        animation: open var(--quick) var(--ease);
      }
      dialog::backdrop {
        background: none;
      }
      @keyframes open {
        from {
          opacity: 0;
          transform: translateY(0.25rem);
        }
      }
      [role='menu'] {
        padding: var(--s1);
      }
      [role='menuitem'] {
        display: flex;
        align-items: center;
        gap: var(--s3);
        inline-size: 100%;
        min-block-size: var(--target);
        padding: var(--s1) var(--s3);
        border-radius: 0.375rem;
        text-align: start;
      }
      [role='menuitem']:hover,
      [role='menuitem']:focus-visible {
        background: var(--hover);
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
  /** Called when it is gone, however it was closed. */
  @property({ attribute: false }) gone: () => void = () => undefined;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  /** A pointer went down here, so what follows is meant for what is here. */
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
                // The finger that opened the menu is lifted above one of its entries.
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
    this.#stand();
    this.#items()[0]?.focus();
    addEventListener('resize', this.#stand);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('resize', this.#stand);
    this.gone();
  }

  readonly close = (): void => {
    this.dialog.close();
  };

  /** Beside its place, wholly in the window, also when that changes: on a phone the menu takes the keyboard's room. */
  readonly #stand = (): void => {
    if (narrow()) {
      this.dialog.removeAttribute('style');
      return;
    }
    const { x, y } = this.place;
    const { width, height } = this.dialog.getBoundingClientRect();
    const start = this.matches(':dir(rtl)') ? x - width : x;
    const { style } = this.dialog;
    style.left = `${String(Math.max(MARGIN, Math.min(start, innerWidth - width - MARGIN)))}px`;
    style.top = `${String(Math.max(MARGIN, y + height + MARGIN > innerHeight ? y - height : y))}px`;
  };

  #items(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  /** First closed, so that the page can have the focus and a selection again. */
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
    if (event.target === this.dialog) this.close();
  };

  readonly #noMenu = (event: Event): void => {
    event.preventDefault();
  };

  readonly #key = (event: KeyboardEvent): void => {
    // No shortcut of the page works behind an open menu.
    event.stopPropagation();
    const items = this.#items();
    const at = items.findIndex((item) => item === (this.renderRoot as ShadowRoot).activeElement);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: -1,
    };
    const next = to[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.close();
    // A key that is held down opened the menu; it is not meant for what is in it.
    else if (!event.repeat) return;
    event.preventDefault();
  };
}

let open: MessageMenu | null = null;

export const isMessageMenuOpen = (): boolean => open?.isConnected === true;

/** Closes the menu that is open. */
export const closeMessageMenu = (): void => {
  if (open?.isConnected === true) open.close();
};

/** Opens the menu of a message, unless one is open. The dialog gives the focus back to what has it now. */
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
