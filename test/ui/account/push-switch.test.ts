import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepPush } from '../../../ui/account/push-keeper.ts';
import { PushSwitch } from '../../../ui/account/push-switch.ts';
import { notePushWish, pushWish } from '../../../ui/account/push-wish.ts';
import type { BrowserSubscription, PushSupport } from '../../../ui/platform/web-push.ts';

interface Start {
  readonly serverKey?: string | null;
  readonly support?: PushSupport;
}

/** A server and a browser with a push service, and what both hold. */
const stage = ({ serverKey = 'key 1', support = 'yes' }: Start = {}) => {
  const world = {
    serverKey,
    support,
    permitted: true,
    reachable: true,
    made: 0,
    server: { endpoint: null as string | null, show_text: false },
    browser: null as { readonly key: string; readonly subscription: BrowserSubscription } | null,
  };
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  const answer = <T>(make: () => T): Promise<T> =>
    world.reachable ? Promise.resolve(make()) : Promise.reject(new Error('not reachable'));
  const api = {
    state: () => answer(() => ({ key: world.serverKey, ...world.server })),
    subscribe: ({ endpoint }: BrowserSubscription, showText: boolean) =>
      answer(() => void (world.server = { endpoint, show_text: showText })),
    unsubscribe: () => answer(() => void (world.server = { endpoint: null, show_text: false })),
  };
  const browser = {
    pushSupport: () => world.support,
    browserSubscription: (key: string) =>
      Promise.resolve(world.browser?.key === key ? world.browser.subscription : null),
    subscribeBrowser: (key: string) => {
      if (world.browser?.key !== key)
        world.browser = {
          key,
          subscription: { endpoint: `endpoint ${String((world.made += 1))}`, keys: { p256dh: '', auth: '' } },
        };
      return Promise.resolve(world.browser.subscription);
    },
    unsubscribeBrowser: () => {
      world.browser = null;
      return Promise.resolve();
    },
  };
  const askPermission = () => Promise.resolve(world.permitted);
  const open = (userId = 'ada') => new PushSwitch({ userId, api, browser, storage, askPermission });
  const keep = (userId = 'ada') =>
    keepPush({ userId, api, browser, storage, isPermitted: () => world.permitted });
  return { world, storage, open, keep };
};

const loaded = async (push: PushSwitch) => {
  await push.load();
  return push.choice.get();
};

test('[N1] there is nothing to choose where the server sends no pushes, or the browser takes none', async () => {
  assert.equal(await loaded(stage({ serverKey: null }).open()), null);
  assert.equal(await loaded(stage({ support: 'no' }).open()), null);
  const away = stage();
  away.world.reachable = false;
  assert.equal(await loaded(away.open()), null);
  assert.equal((await loaded(stage({ support: 'install-first' }).open()))?.support, 'install-first');
});

test('the switch subscribes browser and server, says so again at the next start, and takes both back', async () => {
  const { world, storage, open } = stage();
  const push = open();
  assert.equal((await loaded(push))?.isOn, false);
  await push.turn(true);
  assert.deepEqual(world.server, { endpoint: 'endpoint 1', show_text: false });
  await push.setShowText(true);
  assert.deepEqual(world.server, { endpoint: 'endpoint 1', show_text: true });
  assert.deepEqual(pushWish(storage), { userId: 'ada', showText: true });
  assert.deepEqual(await loaded(open()), { support: 'yes', isOn: true, showText: true, problem: null });
  await push.turn(false);
  assert.deepEqual([world.browser, world.server.endpoint, pushWish(storage)], [null, null, null]);
  assert.equal((await loaded(open()))?.isOn, false);
});

test('what cannot be done is said, and nothing pretends to be on', async () => {
  const { world, open } = stage();
  const push = open();
  await push.load();
  world.permitted = false;
  await push.turn(true);
  assert.deepEqual([push.choice.get()?.isOn, push.choice.get()?.problem], [false, 'denied']);
  world.permitted = true;
  world.reachable = false;
  await push.turn(true);
  assert.deepEqual([push.choice.get()?.isOn, push.choice.get()?.problem], [false, 'failed']);
  world.reachable = true;
  await push.turn(true);
  assert.deepEqual([push.choice.get()?.isOn, push.choice.get()?.problem], [true, null]);
  // Off at once, even if the server does not hear of it: the push service then refuses what it sends.
  world.reachable = false;
  await push.turn(false);
  assert.deepEqual([push.choice.get()?.isOn, world.browser], [false, null]);
});

test('at a start, server and browser agree again on what the user has chosen', async () => {
  const { world, storage, open, keep } = stage();
  const push = open();
  await push.load();
  await push.turn(true);
  // A new login, or a restored server.
  world.server = { endpoint: null, show_text: false };
  await keep();
  assert.equal(world.server.endpoint, 'endpoint 1');
  // A server with another key.
  world.serverKey = 'key 2';
  await keep();
  assert.equal(world.server.endpoint, 'endpoint 2');
  // The browser has replaced its subscription.
  world.browser = { key: 'key 2', subscription: { endpoint: 'another', keys: { p256dh: '', auth: '' } } };
  await keep();
  assert.equal(world.server.endpoint, 'another');
  notePushWish(storage, { userId: 'ada', showText: true });
  await keep();
  assert.equal(world.server.show_text, true);
  // Switched off at the server, or in the browser.
  const before = world.server;
  world.serverKey = null;
  world.server = { endpoint: null, show_text: false };
  await keep();
  world.serverKey = 'key 2';
  world.permitted = false;
  await keep();
  assert.equal(world.server.endpoint, null);
  world.permitted = true;
  await keep();
  assert.deepEqual(world.server, before);
});

test('what somebody else left in this browser is ended, and nothing is taken over from them', async () => {
  const { world, open, keep } = stage();
  const push = open();
  await push.load();
  await push.turn(true);
  world.server = { endpoint: null, show_text: false };
  await keep('ben');
  assert.deepEqual([world.browser, world.server.endpoint], [null, null]);
  // Ada has chosen it for this browser, and is back.
  await keep('ada');
  assert.equal(world.server.endpoint, 'endpoint 2');
  await push.forget();
  await keep('ada');
  assert.equal(world.browser, null);
});

test('damaged notes of a choice are none', () => {
  for (const noted of [null, '', ' text']) assert.equal(pushWish({ getItem: () => noted }), null);
  assert.deepEqual(pushWish({ getItem: () => 'ada' }), { userId: 'ada', showText: false });
});
