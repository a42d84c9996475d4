/** The first script of the page, which is there long before the others. If somebody is signed in here, it has the parts of the list loaded
 *  beside them; and if this device does not hold the list, it requests its beginning. It imports nothing, because it would wait for that,
 *  so it repeats the names below. */

/** As in `platform/browser-session.ts`. */
const SESSION_KEY = 'parley.session';
/** As in `Api.newestConversations`. */
const PREVIEW = `${location.origin}/conversations?limit=12`;
/** As in `storage/disk-idb.ts`. */
const databaseOf = (userId: unknown): string => `parley:${String(userId)}`;
/** A token that ends within this time is not used. */
const AHEAD_MS = 60_000;

interface Early {
  readonly authorization: string;
  /** Null where it is not needed, or did not come. */
  readonly answer: Promise<Response | null>;
}

const requestPreview = async (userId: unknown, authorization: string): Promise<Response | null> => {
  const databases = await indexedDB.databases();
  return databases.some(({ name }) => name === databaseOf(userId))
    ? null
    : fetch(PREVIEW, { headers: { authorization }, credentials: 'omit', cache: 'no-store' });
};

const storedSession = (): string | null => {
  try {
    return localStorage.getItem(SESSION_KEY);
  } catch {
    // The browser keeps nothing for this site.
    return null;
  }
};

/** `session`: without the checks of `account/credential-store.ts`. What is damaged makes a request that is refused, or none. */
const requestEarly = (session: string): Early | null => {
  try {
    const { userId, accessToken, expiresAt } = JSON.parse(session) as Record<string, unknown>;
    // Not `<=`, which would let a missing time pass.
    if (!(Number(expiresAt) > Date.now() + AHEAD_MS)) return null;
    const authorization = `Bearer ${String(accessToken)}`;
    return { authorization, answer: requestPreview(userId, authorization).catch(() => null) };
  } catch {
    return null;
  }
};

let early: Early | null = null;

/** As `fetch`. Asked for the beginning of the list, it resolves once with the answer that was requested early. */
export const fetchEarly: typeof fetch = async (input, init) => {
  const held = early;
  if (input !== PREVIEW || held === null) return fetch(input, init);
  early = null;
  const isSame = new Headers(init?.headers).get('authorization') === held.authorization;
  return (isSame ? await held.answer : null) ?? fetch(input, init);
};

const session = storedSession();
if (session !== null) {
  const parts = document.querySelector<HTMLMetaElement>('meta[name="parley-list"]')?.content.split(' ') ?? [];
  for (const href of parts) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.crossOrigin = '';
    link.href = href;
    document.head.append(link);
  }
  early = requestEarly(session);
}
// The first use takes tens of milliseconds, and there is nothing else to do until the next script has come.
setTimeout(() => new Intl.DateTimeFormat(), 50);
