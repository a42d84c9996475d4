/** As in `platform/browser-session.ts`, which is not imported: it would bring what this script must not wait for. */
const SESSION_KEY = 'parley.session';

/** The first script of the page, which is there long before the others: it has the parts of the list loaded beside them, if somebody is
 *  signed in here. Which files those are, the build has written into the page (`scripts/early-parts.ts`). */
const isSignedIn = (): boolean => {
  try {
    return localStorage.getItem(SESSION_KEY) !== null;
  } catch {
    // The browser keeps nothing for this site.
    return false;
  }
};

const parts = document.querySelector<HTMLMetaElement>('meta[name="parley-list"]')?.content.split(' ') ?? [];
if (isSignedIn())
  for (const href of parts) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.crossOrigin = '';
    link.href = href;
    document.head.append(link);
  }
