import { css } from 'lit';

/** Pixels between a menu and the edges of the window. */
const MARGIN = 8;

/** The styles of a menu's dialog and its entries. */
export const popupMenuStyles = css`
  dialog {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--raised);
    color: var(--text);
    box-shadow: var(--shadow-high);
  }
  dialog::backdrop {
    background: none;
  }
  [role='menu'] {
    padding: var(--s1);
  }
  [role='menuitem'] {
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
`;

/** Places an open menu at a point, inside the window: below the point, or above it if there is no room below. */
export const placeMenu = (dialog: HTMLDialogElement, x: number, y: number): void => {
  const { width, height } = dialog.getBoundingClientRect();
  const start = dialog.matches(':dir(rtl)') ? x - width : x;
  const { style } = dialog;
  style.left = `${String(Math.max(MARGIN, Math.min(start, innerWidth - width - MARGIN)))}px`;
  style.top = `${String(Math.max(MARGIN, y + height + MARGIN > innerHeight ? y - height : y))}px`;
};

/** Handles a key press in a menu: arrow keys, Home and End move the focus, Escape and Tab close the menu. Returns
 *  false for other keys. */
export const menuKey = (event: KeyboardEvent, dialog: HTMLDialogElement): boolean => {
  const items = [...dialog.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.findIndex((item) => item === (dialog.getRootNode() as ShadowRoot).activeElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: -1,
  };
  const next = targets[event.key];
  if (next !== undefined) items.at(next % items.length)?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') dialog.close();
  else return false;
  return true;
};

/** Closes the menu if the press was outside it. */
export const closeOnOutside = (event: PointerEvent, dialog: HTMLDialogElement): void => {
  if (event.target === dialog) dialog.close();
};
