const anchorOf = (event: Event): HTMLAnchorElement | null =>
  event.composedPath().find((target) => target instanceof HTMLAnchorElement) ?? null;

const within = (anchor: HTMLAnchorElement): boolean =>
  anchor.getAttribute('href')?.startsWith('#') === true && anchor.target === '';

const fieldOf = (event: Event): HTMLInputElement | HTMLTextAreaElement | null => {
  const [target] = event.composedPath();
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement ? target : null;
};

const takesText = (event: DragEvent): boolean =>
  fieldOf(event) !== null && event.dataTransfer?.types.includes('Files') === false;

/** Whether the engine's own menu would be about text: cut, copy, paste. Its other menus offer to reload the page or
 *  to open a link in this window. */
const isAboutText = (event: Event): boolean =>
  fieldOf(event) !== null || getSelection()?.isCollapsed === false;

export interface LinkActions {
  readonly open: (url: string) => void;
  /** Shows the menu of a link at a point of the window. */
  readonly menu: (url: string, x: number, y: number) => void;
}

/** Makes sure that no click, menu or drop navigates this window. Any link goes to `open`. Only links inside the
 *  client (`#…`) are left to the page. */
export const guardLinks = (page: Document, { open, menu }: LinkActions): void => {
  const follow = (event: Event): void => {
    const anchor = anchorOf(event);
    if (anchor === null || within(anchor)) return;
    event.preventDefault();
    // The right button opens the menu instead.
    if (!(event instanceof MouseEvent) || event.button !== 2) open(anchor.href);
  };
  page.addEventListener('click', follow, { capture: true });
  page.addEventListener('auxclick', follow, { capture: true });
  page.addEventListener(
    'contextmenu',
    (event) => {
      const anchor = anchorOf(event);
      if (anchor === null && isAboutText(event)) return;
      event.preventDefault();
      if (anchor !== null && !within(anchor)) menu(anchor.href, event.clientX, event.clientY);
    },
    { capture: true },
  );
  const refuse = (event: DragEvent): void => {
    if (!takesText(event)) event.preventDefault();
  };
  page.addEventListener('dragover', refuse, { capture: true });
  page.addEventListener('drop', refuse, { capture: true });
};
