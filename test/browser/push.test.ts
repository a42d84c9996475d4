import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { CDPSession, Worker } from 'playwright-core';
import { sayWith, upload } from '../support/attach.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { PersonPage } from '../support/person-page.ts';
import { BrowserKeys, PushReceiver } from '../support/push-receiver.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const receiver = await PushReceiver.start({ after });
const server = await ServerProcess.start({ after }, receiver.settings);
const browser = await openBrowser({ after }, { whole: true });

const SWITCH = 'Notify me on this device also when Parley is closed';
const TEXT = 'Show the message text in these notifications too';

let devices = 0;
/** Somebody whose browser has a push service: the receiver of this test, in the place of the one that Chromium would ask. */
const withPushService = async (t: TestContext) => {
  const keys = new BrowserKeys();
  const path = `/browser/${String((devices += 1))}`;
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'), { serviceWorkers: 'allow' });
  await ada.context.grantPermissions(['notifications'], { origin: server.url });
  const subscription = { endpoint: `${receiver.origin}${path}`, ...keys.keys };
  await ada.context.addInitScript((given) => {
    const bytes = (text: string): ArrayBuffer =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
        .buffer;
    const KEY = 'test.subscribed';
    const own = (options: unknown) => ({
      endpoint: given.endpoint,
      options,
      getKey: (name: 'p256dh' | 'auth') => bytes(given[name]),
      unsubscribe() {
        localStorage.removeItem(KEY);
        return Promise.resolve(true);
      },
    });
    Object.assign(PushManager.prototype, {
      subscribe(options: { applicationServerKey: Uint8Array }) {
        localStorage.setItem(KEY, Array.from(options.applicationServerKey).join(' '));
        return Promise.resolve(own({ applicationServerKey: options.applicationServerKey.buffer }));
      },
      getSubscription() {
        const key = localStorage.getItem(KEY);
        if (key === null) return Promise.resolve(null);
        return Promise.resolve(
          own({ applicationServerKey: Uint8Array.from(key.split(' ').map(Number)).buffer }),
        );
      },
    });
  }, subscription);
  await ada.page.reload();
  await ada.isIn();
  await ada.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  return { ada, keys, path };
};

const settings = async ({ page }: PersonPage) => {
  await page.evaluate(() => {
    location.hash = '#/settings';
  });
  await page.getByRole('heading', { name: 'Notifications' }).waitFor();
  return { box: page.getByLabel(SWITCH), text: page.getByLabel(TEXT) };
};

const peerOf = async (t: TestContext, { username }: PersonPage) => {
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${username}`);
  const [user] = users;
  assert.ok(user !== undefined);
  const { socket } = await ben.online();
  return { ben, user, socket };
};

/** Hands a push to the service worker, as the browser does when its push service has one. */
const deliverer = async ({ context, page }: PersonPage) => {
  const cdp: CDPSession = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(({ scopeURL }) => scopeURL.startsWith(server.url));
      if (found !== undefined) resolve(found.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await registered;
  return (data: string) =>
    cdp.send('ServiceWorker.deliverPushMessage', { origin: server.url, registrationId, data });
};

/** Notes what the worker shows. To ask it again and again for its notifications makes Chromium forget one that it is about to show. */
const watchWorker = async ({ context }: PersonPage) => {
  const worker: Worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  await worker.evaluate(() => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; shown: string[] };
    scope.shown = [];
    const { registration } = scope;
    const show = registration.showNotification.bind(registration);
    registration.showNotification = async (title, options) => {
      await show(title, options);
      scope.shown.push(`${title}: ${String(options?.body)}`);
    };
  });
  const shown = (): Promise<readonly string[]> =>
    worker.evaluate(() => (self as unknown as { shown: string[] }).shown);
  return { worker, shown };
};

test('[N4] a push that the server sent is shown by the service worker while no window is open, and a click leads to the conversation', async (t) => {
  const { ada, keys, path } = await withPushService(t);
  const { box, text } = await settings(ada);
  await box.waitFor();
  assert.equal(await box.isChecked(), false);
  await box.check();
  await text.check();
  const { ben, user, socket } = await peerOf(t, ada);
  const deliver = await deliverer(ada);
  const { worker, shown } = await watchWorker(ada);

  // With the window in front of them nothing is sent, and nothing would be shown.
  await say(socket, user, 'while she looks');
  await ada.item(ben.username).waitFor();
  await deliver(JSON.stringify({ type: 'message', conversation_id: 'x', sender_name: 'x', sent_at: 'x' }));

  await ada.page.goto('about:blank');
  const id = crypto.randomUUID();
  await eventually('the server to see that the window is gone', async () => {
    await say(socket, user, 'are you there?', crypto.randomUUID());
    return receiver.all.some((push) => push.path === path);
  });
  const sent = await say(socket, user, 'the last one', id);
  let pushed: Record<string, unknown> = {};
  while (pushed['message_id'] !== id) pushed = keys.read((await receiver.next(path)).body);
  await deliver(JSON.stringify(pushed));
  await eventually('the notification', async () => (await shown()).length === 1);
  assert.deepEqual(await shown(), [`${ben.username}: the last one`]);
  const [tag, icon] = await worker.evaluate(async () => {
    const scope = self as unknown as {
      registration: ServiceWorkerRegistration;
      kept: Notification | undefined;
    };
    const [notification] = await scope.registration.getNotifications();
    scope.kept = notification;
    return [notification?.tag, notification?.icon];
  });
  assert.equal(tag, sent.payload.conversation_id);
  assert.match(String(icon), /\/icons\/icon-192\.png$/);

  // One that has only files is told in words.
  const files = [await upload(ben, Buffer.from('a')), await upload(ben, Buffer.from('b'))];
  await sayWith(
    socket,
    user,
    files.map((file) => file.id),
  );
  while (pushed['text'] !== '') pushed = keys.read((await receiver.next(path)).body);
  await deliver(JSON.stringify(pushed));
  await eventually('the notification', async () => (await shown()).length === 2);
  assert.equal((await shown())[1], `${ben.username}: 2 attachments`);

  await ada.page.goto(server.url);
  await ada.isIn();
  await eventually('what was shown to be closed', async () =>
    worker.evaluate(
      async () =>
        (
          await (
            self as unknown as { registration: ServiceWorkerRegistration }
          ).registration.getNotifications()
        ).length === 0,
    ),
  );
  await worker.evaluate(() => {
    const { kept, ExtendableEvent } = self as unknown as {
      kept: Notification;
      ExtendableEvent: typeof Event;
    };
    self.dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), { notification: kept }));
  });
  await ada.talksTo(ben.username);
});

testInExtended(
  '[N2] the switch is that of this browser: it stays, follows a new subscription, and goes with the session',
  async (t) => {
    const { ada } = await withPushService(t);
    const { page } = ada;
    const first = await settings(ada);
    await first.box.check();
    const stored = (): Promise<{ endpoint: string | null; show_text: boolean }> =>
      page.evaluate(async () => {
        const { accessToken } = JSON.parse(localStorage.getItem('parley.session') ?? '{}') as {
          accessToken: string;
        };
        const answer = await fetch('/users/me/push', { headers: { authorization: `Bearer ${accessToken}` } });
        return (await answer.json()) as { endpoint: string | null; show_text: boolean };
      });
    await eventually('the server to know it', async () => (await stored()).endpoint !== null);
    await page.reload();
    const again = await settings(ada);
    await again.box.waitFor();
    assert.equal(await again.box.isChecked(), true);
    assert.equal(await again.text.isChecked(), false);
    await again.box.uncheck();
    await eventually('the server to forget it', async () => (await stored()).endpoint === null);
    await again.box.check();
    await ada.button('Log out').click();
    await page.locator('#username').waitFor();
    await eventually('the browser to have forgotten it', () =>
      page.evaluate(
        () =>
          localStorage.getItem('test.subscribed') === null && localStorage.getItem('parley.push') === null,
      ),
    );
  },
);

test('[N1] where the server sends no pushes, the client shows no trace of them', async (t) => {
  const off = await sharedServer(t);
  const ada = await PersonPage.signedIn(t, browser, off, freshName('ada'));
  const { box, text } = await settings(ada);
  await ada.page.locator('session-list').getByText('This device').waitFor();
  assert.deepEqual([await box.count(), await text.count()], [0, 0]);
  assert.equal(await ada.page.locator('push-settings').textContent(), '');
});

testInExtended(
  'the client can be installed, and what another app shares becomes the draft of the conversation that is chosen',
  async (t) => {
    const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
    const { page } = ada;
    const cdp = await ada.context.newCDPSession(page);
    const { url, errors, data } = await cdp.send('Page.getAppManifest');
    assert.deepEqual([url, errors], [`${server.url}/manifest.webmanifest`, []]);
    const manifest = JSON.parse(data ?? '') as {
      icons: { src: string; sizes: string; purpose?: string }[];
      share_target: { action: string };
      screenshots: { src: string; sizes: string; form_factor: string }[];
    };
    for (const { src } of manifest.icons) {
      const answer = await page.request.get(new URL(src, url).href);
      assert.equal(answer.status(), 200, src);
    }
    assert.deepEqual(
      manifest.icons.flatMap(({ purpose, sizes }) => (purpose === 'maskable' ? [sizes] : [])),
      ['512x512'],
    );
    assert.deepEqual(
      new Set(manifest.screenshots.map(({ form_factor }) => form_factor)),
      new Set(['wide', 'narrow']),
    );
    const sizes = await page.evaluate(
      (all) =>
        Promise.all(
          all.map(async (src) => {
            const { width, height } = await createImageBitmap(await (await fetch(src)).blob());
            return `${String(width)}x${String(height)}`;
          }),
        ),
      manifest.screenshots.map(({ src }) => src),
    );
    assert.deepEqual(
      sizes,
      manifest.screenshots.map(({ sizes }) => sizes),
    );

    const { ben, user, socket } = await peerOf(t, ada);
    await say(socket, user, 'hello');
    await ada.openChat(ben.username);
    await ada.composer.fill('look:');
    const query = new URLSearchParams({
      title: 'A page',
      text: 'A page & more',
      url: 'https://example.org/?q=1',
    });
    await page.goto(`${server.url}/?${query.toString()}`);
    const dialog = page.locator('quick-switcher dialog');
    await dialog.getByRole('heading', { name: 'Share with whom?' }).waitFor();
    await dialog.getByText('A page & more').waitFor();
    assert.equal(new URL(page.url()).search, '');
    await dialog.getByRole('option', { name: ben.username }).click();
    await ada.talksTo(ben.username);
    assert.equal(await ada.composer.inputValue(), 'look:\nA page & more\nhttps://example.org/?q=1');
    await page.reload();
    await ada.talksTo(ben.username);
    assert.equal(await dialog.count(), 0, 'it is asked once');
    assert.equal(await ada.composer.inputValue(), 'look:\nA page & more\nhttps://example.org/?q=1');
  },
);

testInExtended('an offer of the browser to install the client is a button in the settings', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  const { page } = ada;
  await page.evaluate(() => {
    const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: () => {
        document.body.dataset['asked'] = 'yes';
        return Promise.resolve({ outcome: 'accepted' });
      },
    });
    document.body.dataset['kept'] = String(dispatchEvent(offer));
  });
  assert.equal(await page.locator('body').getAttribute('data-kept'), 'false', 'the browser shows no bar');
  await settings(ada);
  await ada.button('Install Parley').click();
  await page.locator('body[data-asked="yes"]').waitFor();
  assert.equal(await ada.button('Install Parley').count(), 0);
});
