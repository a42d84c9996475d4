/** The client without its server: keeps the files of one build in the browser, so that a window opened offline shows what
 *  is on the device. Only those files; what the server says of conversations is never answered from here. */

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** What of its global scope this needs; its own types exclude those of a page. */
interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', run: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', run: (event: Asked) => void): void;
}
/** Put in by the build: its files, but the page and this one. */
declare const BUILT_FILES: readonly string[];
declare const BUILT_ID: string;

const worker = self as unknown as Worker;
const FAMILY = 'parley-client:';
const NAME = `${FAMILY}${BUILT_ID}`;
const PAGE = new URL('./', worker.location.href).href;
const files = new Set(BUILT_FILES.map((file) => new URL(file, PAGE).href));
/** A network that says nothing counts as none. */
const PATIENCE_MS = 5_000;

const keep = async (): Promise<void> => {
  const cache = await caches.open(NAME);
  // Not from the browser's own cache: an `index.html` of before would name files that are gone.
  await cache.addAll([PAGE, ...files].map((url) => new Request(url, { cache: 'reload' })));
};

const forgetOthers = async (): Promise<void> => {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(FAMILY) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
};

const kept = async (url: string): Promise<Response | undefined> =>
  (await caches.open(NAME)).match(url, { ignoreVary: true });

/** From the server as long as there is one: a new build is seen at once. */
const page = async (): Promise<Response> => {
  const asked = fetch(PAGE, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS) });
  const answer = await asked.catch(() => null);
  if (answer?.ok === true) return answer;
  // Nobody there, or a proxy that answers in its place.
  return (await kept(PAGE)) ?? answer ?? Response.error();
};

worker.addEventListener('install', (event) => {
  event.waitUntil(keep());
});
// A new build waits until the windows of the old one are closed: they still load parts of it.
worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers());
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET') return;
  if (origin + pathname === PAGE) event.respondWith(page());
  else if (files.has(origin + pathname))
    event.respondWith(kept(request.url).then((held) => held ?? fetch(request)));
});
