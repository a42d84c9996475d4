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

/** Of a menu with icons: beside the pointer, or as a sheet at the bottom of a narrow screen. */
export const menuSheetStyles = css`
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
`;

/** Places an open menu at a point, inside the window: below the point, or above it if there is no room below. */
export const placeMenu = (dialog: HTMLDialogElement, x: number, y: number): void => {
  const { width, height } = dialog.getBoundingClientRect();
  const start = dialog.matches(':dir(rtl)') ? x - width : x;
  const { style } = dialog;
  style.left = `${String(Math.max(MARGIN, Math.min(start, innerWidth - width - MARGIN)))}px`;
  style.top = `${String(Math.max(MARGIN, y + height + MARGIN > innerHeight ? y - height : y))}px`;
};

/** The entries of a menu by row. An entry is a row of its own, unless it is in a group of entries beside each other. */
const rowsIn = (dialog: HTMLDialogElement): readonly (readonly HTMLElement[])[] => {
  const items = [...dialog.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  const rows = new Map<Element, HTMLElement[]>();
  for (const item of items) {
    const row = item.closest('[role=group]') ?? item;
    rows.set(row, [...(rows.get(row) ?? []), item]);
  }
  return [...rows.values()];
};

/** Handles a key press in a menu: arrow keys, Home and End move the focus, Escape and Tab close the menu. Returns
 *  false for other keys. */
export const menuKey = (event: KeyboardEvent, dialog: HTMLDialogElement): boolean => {
  const rows = rowsIn(dialog);
  const active = (dialog.getRootNode() as ShadowRoot).activeElement;
  const at = rows.findIndex((row) => row.some((item) => item === active));
  const row = rows[at] ?? [];
  const place = row.findIndex((item) => item === active);
  const ahead = dialog.matches(':dir(rtl)') ? -1 : 1;
  const targets: Readonly<Record<string, HTMLElement | undefined>> = {
    ArrowDown: rows.at((at + 1) % rows.length)?.[0],
    ArrowUp: rows.at((at < 0 ? 0 : at - 1) % rows.length)?.[0],
    ArrowRight: row.at((place + ahead) % row.length),
    ArrowLeft: row.at((place - ahead) % row.length),
    Home: rows[0]?.[0],
    End: rows.at(-1)?.at(-1),
  };
  if (event.key in targets) targets[event.key]?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') dialog.close();
  else return false;
  return true;
};

/** Closes the menu if the press was outside it. */
export const closeOnOutside = (event: PointerEvent, dialog: HTMLDialogElement): void => {
  if (event.target === dialog) dialog.close();
};
