import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectPolicy } from '../../../ui/platform/desktop/connect-policy.ts';
import { WindowClosing } from '../../../ui/platform/desktop/window-closing.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordedNative } from './recorded-native.ts';

const WORDS = { show: 'Show', quit: 'Quit' };

const stage = () => {
  const native = new RecordedNative();
  const clock = new ManualClock();
  const closing = new WindowClosing(native, (ms, run) => clock.after(ms, run));
  return { native, clock, closing };
};
const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

test('closing the window ends the program, once, after what was to be done', async () => {
  const { native, closing } = stage();
  closing.beforeQuit(() => {
    native.calls.push('settled');
    return Promise.resolve();
  });
  native.happen('windowClose');
  native.happen('windowClose');
  await turns();
  assert.deepEqual(native.calls, ['settled', 'exit']);
});

test('what never ends, or fails, does not keep the program', async () => {
  const hung = stage();
  hung.closing.beforeQuit(() => new Promise(() => undefined));
  hung.native.happen('windowClose');
  await turns();
  assert.deepEqual(hung.native.calls, []);
  hung.clock.advance(2_500);
  await turns();
  assert.deepEqual(hung.native.calls, ['exit']);
  const failed = stage();
  failed.closing.beforeQuit(() => Promise.reject(new Error('disk')));
  failed.native.happen('windowClose');
  await turns();
  assert.deepEqual(failed.native.calls, ['exit']);
});

test('with the tray the window is hidden, shown again and quit from there', async () => {
  const { native, closing } = stage();
  assert.equal(await closing.hideToTray(true, WORDS), true);
  native.happen('windowClose');
  native.happen('trayMenuItemClicked', { id: 'show' });
  native.happen('trayMenuItemClicked', { id: 'quit' });
  await turns();
  assert.deepEqual(native.calls, ['setTray', 'hideWindow', 'showWindow', 'exit']);
});

test('where there is no tray the window is never hidden: nobody could bring it back', async () => {
  const { native, closing } = stage();
  native.failing = 'setTray';
  assert.equal(await closing.hideToTray(true, WORDS), false);
  native.happen('windowClose');
  await turns();
  assert.deepEqual(native.calls, ['setTray', 'exit']);
});

test('nor is it where the launcher found nothing that shows the icon', async () => {
  const { native, closing } = stage();
  native.args = [];
  assert.equal(await closing.hideToTray(true, WORDS), false);
  assert.deepEqual(native.calls, []);
  native.system = 'Darwin';
  assert.equal(await closing.hideToTray(true, WORDS), true);
});

test('the menu bar of macOS quits too, after what was to be done', async () => {
  const { native } = stage();
  native.happen('mainMenuItemClicked', { id: 'quit' });
  native.happen('mainMenuItemClicked', { id: '' });
  await turns();
  assert.deepEqual(native.calls, ['exit']);
});

test('the page may connect to its own program and to the one chosen server', () => {
  const self = 'http://127.0.0.1:17275';
  assert.equal(connectPolicy(self, ''), `connect-src ${self} ws://127.0.0.1:17275`);
  assert.equal(
    connectPolicy(self, 'https://chat.example.org'),
    `connect-src ${self} ws://127.0.0.1:17275 https://chat.example.org wss://chat.example.org`,
  );
});
