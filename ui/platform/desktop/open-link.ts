import { openableUrl } from './open-url.ts';

/** Opens an address in the user's browser or mail program. It clicks a link that asks for a new window, and the app
 *  hands the address of a new window to the system (`newWindowPolicy`), so no native method has to be allowed for it.
 *  The link is not part of the document, so nothing else receives the click. */
export const openLink = (page: Document, url: string): void => {
  const openable = openableUrl(url);
  if (openable === null) return;
  const link = page.createElement('a');
  link.href = openable;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  // The command receives the address as the engine normalises it, so compare that one.
  if (link.href === openable) link.click();
};
