import { openableUrl } from './open-url.ts';

/** Opens an address in the person's browser or mail program. A click on a link that asks for a window of its own: the
 *  program hands the address of such a window to the system (`newWindowPolicy`), so that no method has to be allowed
 *  for it. The link is in no document, so nothing else hears the click. */
export const openLink = (page: Document, url: string): void => {
  const openable = openableUrl(url);
  if (openable === null) return;
  const link = page.createElement('a');
  link.href = openable;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  // What the engine makes of it goes into the command, not what was written.
  if (link.href === openable) link.click();
};
