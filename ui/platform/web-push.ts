/** A subscription of this browser, as the server needs it. */
export interface BrowserSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** `install-first`: on iPhones and iPads only apps on the home screen get pushes. */
export type PushSupport = 'yes' | 'install-first' | 'no';

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
const textOf = (bytes: ArrayBuffer | null): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer())))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const pushSupport = (): PushSupport => {
  const hasWorker = 'serviceWorker' in navigator && window.isSecureContext;
  if (hasWorker && 'PushManager' in window && 'Notification' in window) return 'yes';
  return (navigator as { standalone?: boolean }).standalone === false ? 'install-first' : 'no';
};

const registration = async (): Promise<ServiceWorkerRegistration | undefined> =>
  await (navigator as Partial<Navigator>).serviceWorker?.getRegistration();

const current = async (): Promise<PushSubscription | null> =>
  (await (await registration())?.pushManager.getSubscription()) ?? null;

const forServer = (subscription: PushSubscription): BrowserSubscription => ({
  endpoint: subscription.endpoint,
  keys: { p256dh: textOf(subscription.getKey('p256dh')), auth: textOf(subscription.getKey('auth')) },
});

/** The subscription of this browser, if it is one to the server with this key. */
const browserSubscription = async (key: string): Promise<BrowserSubscription | null> => {
  const found = await current().catch(() => null);
  return found !== null && textOf(found.options.applicationServerKey) === key ? forServer(found) : null;
};

/** Subscribes this browser. Rejects if its push service can't be reached, or the user does not permit notifications. */
const subscribeBrowser = async (key: string): Promise<BrowserSubscription> => {
  const known = await browserSubscription(key);
  if (known !== null) return known;
  await unsubscribeBrowser();
  const ready = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  return forServer(await ready.pushManager.subscribe(options));
};

/** Never rejects. */
const unsubscribeBrowser = async (): Promise<void> => {
  await current().then(
    (found) => found?.unsubscribe(),
    () => undefined,
  );
};

/** The push service of this browser. */
export const browserPush = { pushSupport, browserSubscription, subscribeBrowser, unsubscribeBrowser };
export type BrowserPush = typeof browserPush;

/** Closes the notifications that pushes have shown: whoever looks at the list sees what is unread. */
export const closeShownPushes = async (): Promise<void> => {
  const shown = await (await registration().catch(() => undefined))?.getNotifications().catch(() => []);
  for (const each of shown ?? []) each.close();
};

/** Calls `changed` when the browser has replaced its subscription, until `signal` aborts. */
export const watchBrowserSubscription = (changed: () => void, signal: AbortSignal): void => {
  (navigator as Partial<Navigator>).serviceWorker?.addEventListener(
    'message',
    ({ data }: MessageEvent<{ pushChanged?: boolean } | null>) => {
      if (data?.pushChanged === true) changed();
    },
    { signal },
  );
};
