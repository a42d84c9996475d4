/** The service worker. It stores the files of one build in the browser, so that a window opened offline shows what is
 *  on the device. It never answers requests for data of the server. */

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Clicked extends Lasting {
  readonly notification: { readonly tag: string; close(): void };
}
interface Pushed extends Lasting {
  readonly data: { json(): unknown } | null;
}
interface Changed extends Lasting {
  readonly oldSubscription?: PushSubscription | null;
}
interface ShownPage {
  readonly visibilityState: string;
  focus(): Promise<unknown>;
  postMessage(message: { readonly clicked?: string; readonly pushChanged?: true }): void;
}
interface Asked extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** The parts of the worker's global scope that are used here. TypeScript's own types for it conflict with those of a
 *  page. */
interface Worker {
  readonly location: Location;
  readonly navigator: Navigator;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(which: { type: 'window'; includeUncontrolled: true }): Promise<readonly ShownPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
  addEventListener(type: 'install' | 'activate', run: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', run: (event: Asked) => void): void;
  addEventListener(type: 'notificationclick', run: (event: Clicked) => void): void;
  addEventListener(type: 'push', run: (event: Pushed) => void): void;
  addEventListener(type: 'pushsubscriptionchange', run: (event: Changed) => void): void;
}
/** Inserted by the build: all of its files except the page and this one. */
declare const BUILT_FILES: readonly string[];
declare const BUILT_ID: string;

const worker = self as unknown as Worker;
const FAMILY = 'parley-client:';
const NAME = `${FAMILY}${BUILT_ID}`;
const PAGE = new URL('./', worker.location.href).href;
const files = new Set(BUILT_FILES.map((file) => new URL(file, PAGE).href));
/** A network that does not answer within this time counts as absent. */
const PATIENCE_MS = 5_000;

const keep = async (): Promise<void> => {
  const cache = await caches.open(NAME);
  // Bypasses the browser's own cache: an old `index.html` would name files that are gone.
  await cache.addAll([PAGE, ...files].map((url) => new Request(url, { cache: 'reload' })));
};

const forgetOthers = async (): Promise<void> => {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(FAMILY) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
};

/** Returns undefined if the browser has lost the files or does not let the worker look. */
const kept = async (url: string): Promise<Response | undefined> => {
  try {
    return await (await caches.open(NAME)).match(url, { ignoreVary: true });
  } catch {
    return undefined;
  }
};

/** The page comes from the server if possible, so that a new build is seen immediately. */
const page = async (): Promise<Response> => {
  const asked = fetch(PAGE, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS) });
  const answer = await asked.catch(() => null);
  if (answer?.ok === true) return answer;
  // Nobody answered, or a proxy did.
  return (await kept(PAGE)) ?? answer ?? Response.error();
};

/** What another app shares, until the page takes it: `elements/list/shared-files.ts`. */
const SHARED = 'parley-shared';

/** Keeps the files that another app shares, in place of earlier ones, and opens the page with the texts. */
const share = async (request: Request): Promise<Response> => {
  const form = await request.formData();
  const query = new URLSearchParams();
  for (const name of ['title', 'text', 'url']) {
    const value = form.get(name);
    if (typeof value === 'string' && value !== '') query.set(name, value);
  }
  const shared = form.getAll('files').filter((file) => file instanceof File);
  if (shared.length > 0) {
    await caches.delete(SHARED);
    const cache = await caches.open(SHARED);
    for (const [at, file] of shared.entries()) {
      const headers = {
        'content-type': file.type || 'application/octet-stream',
        'x-name': encodeURIComponent(file.name.toWellFormed()),
      };
      await cache.put(`${PAGE}shared/${String(at)}`, new Response(file, { headers }));
    }
    query.set('shared', String(shared.length));
  }
  return Response.redirect(`${PAGE}?${query.toString()}`, 303);
};

worker.addEventListener('install', (event) => {
  event.waitUntil(keep());
});
// A new build waits until all windows of the old one are closed, because they still load parts of it.
worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers());
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method === 'POST' && origin + pathname === PAGE)
    event.respondWith(share(request).catch(() => Response.redirect(PAGE, 303)));
  if (request.method !== 'GET') return;
  if (origin + pathname === PAGE) event.respondWith(page());
  else if (files.has(origin + pathname))
    event.respondWith(kept(request.url).then((held) => held ?? fetch(request)));
});

const windows = (): Promise<readonly ShownPage[]> =>
  worker.clients.matchAll({ type: 'window', includeUncontrolled: true });

/** Brings a window to the front or opens one, and shows the conversation that the notification's tag names. */
const show = async (tag: string): Promise<void> => {
  const [window] = await windows();
  if (window === undefined) {
    await worker.clients.openWindow(`${PAGE}#/c/${tag}`);
    return;
  }
  window.postMessage({ clicked: tag });
  await window.focus();
};
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.tag));
});

/** For a push without a text. The texts of the client are not loaded here, and its choice of a language is out of reach. */
const NEW_MESSAGE: Readonly<Record<string, string>> = { de: 'Neue Nachricht', en: 'New message' };

/** For one that has only files: one, and several. */
const ATTACHMENTS: Readonly<Record<string, readonly [string, string]>> = {
  de: ['1 Anhang', 'Anhänge'],
  en: ['1 attachment', 'attachments'],
};

interface PushedMessage {
  readonly conversation_id: string;
  readonly sender_name: string;
  readonly sent_at: string;
  /** Only if the user wants to see the text in notifications; empty if the message has none. */
  readonly text?: string;
  /** How many files the message has. */
  readonly attachments?: number;
}
const isMessage = (pushed: unknown): pushed is PushedMessage => {
  const { conversation_id, sender_name, sent_at } = (pushed ?? {}) as Partial<PushedMessage>;
  return [conversation_id, sender_name, sent_at].every((field) => typeof field === 'string');
};

const bodyOf = ({ text, attachments }: PushedMessage): string => {
  const [language = ''] = worker.navigator.language.split('-');
  if (text) return text;
  if (typeof attachments !== 'number' || attachments < 1)
    return NEW_MESSAGE[language] ?? NEW_MESSAGE['en'] ?? '';
  const [one, many] = ATTACHMENTS[language] ?? ATTACHMENTS['en'] ?? ['', ''];
  return attachments === 1 ? one : `${String(attachments)} ${many}`;
};

/** Tells the user of a message, unless they have a window in front of them: it shows the message itself. */
const notify = async (pushed: unknown): Promise<void> => {
  if (!isMessage(pushed)) return;
  if ((await windows()).some(({ visibilityState }) => visibilityState === 'visible')) return;
  // How many there are, a window says. Until one is opened, the icon of the app shows that there is something.
  void (worker.navigator as Partial<Navigator>).setAppBadge?.().catch(() => undefined);
  const { conversation_id: tag, sender_name: title, sent_at } = pushed;
  await worker.registration.showNotification(title, {
    tag,
    body: bodyOf(pushed),
    icon: new URL('icons/icon-192.png', PAGE).href,
    badge: new URL('icons/badge-96.png', PAGE).href,
    // Not in TypeScript's own types: a further message of the conversation makes itself heard too.
    ...{ renotify: true, timestamp: Date.parse(sent_at) },
  });
};
const contentOf = ({ data }: Pushed): unknown => {
  try {
    return data?.json();
  } catch {
    return null;
  }
};
worker.addEventListener('push', (event) => {
  event.waitUntil(notify(contentOf(event)));
});

/** The browser gave up a subscription. The new one is told to the server by a window, which holds the session: an open one at once, or
 *  the next that is opened. */
const subscribeAgain = async (before: PushSubscription | null | undefined): Promise<void> => {
  if (before) await worker.registration.pushManager.subscribe(before.options).catch(() => undefined);
  for (const window of await windows()) window.postMessage({ pushChanged: true });
};
worker.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(subscribeAgain(event.oldSubscription));
});
