const anchorOf = (event: Event): HTMLAnchorElement | null =>
  event.composedPath().find((target) => target instanceof HTMLAnchorElement) ?? null;

const within = (anchor: HTMLAnchorElement): boolean =>
  anchor.getAttribute('href')?.startsWith('#') === true && anchor.target === '';

const takesText = (event: DragEvent): boolean => {
  const [target] = event.composedPath();
  const field = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
  return field && event.dataTransfer?.types.includes('Files') === false;
};

/** No click, no menu and no drop leads this window anywhere else: a link goes to `open`, whatever it is, and the client
 *  stays. Only steps inside the client (`#…`) are left to the page. */
export const guardLinks = (page: Document, open: (url: string) => void): void => {
  const follow = (event: Event): void => {
    const anchor = anchorOf(event);
    if (anchor === null || within(anchor)) return;
    event.preventDefault();
    // The right button's click is for the menu.
    if (!(event instanceof MouseEvent) || event.button !== 2) open(anchor.href);
  };
  page.addEventListener('click', follow, { capture: true });
  page.addEventListener('auxclick', follow, { capture: true });
  // The engine's own menu offers to open a link right here.
  const quiet = (event: Event): void => {
    if (anchorOf(event) !== null) event.preventDefault();
  };
  page.addEventListener('contextmenu', quiet, { capture: true });
  const refuse = (event: DragEvent): void => {
    if (!takesText(event)) event.preventDefault();
  };
  page.addEventListener('dragover', refuse, { capture: true });
  page.addEventListener('drop', refuse, { capture: true });
};
