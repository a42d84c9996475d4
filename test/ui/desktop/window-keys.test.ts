import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowKey } from '../../../ui/platform/desktop/window-keys.ts';

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const ctrl = (key: string, more: Partial<typeof NONE> = {}) => ({ ...NONE, key, ctrlKey: true, ...more });

test('quit, larger, smaller and normal, by the key of the system', () => {
  assert.equal(windowKey(ctrl('q'), false), 'quit');
  assert.equal(windowKey(ctrl('Q', { shiftKey: true }), false), null);
  assert.equal(windowKey(ctrl('q'), true), null);
  assert.equal(windowKey({ ...NONE, key: 'q', metaKey: true }, true), 'quit');
  assert.equal(windowKey(ctrl('+', { shiftKey: true }), false), 1);
  assert.equal(windowKey(ctrl('='), false), 1);
  assert.equal(windowKey(ctrl('-'), false), -1);
  assert.equal(windowKey(ctrl('0'), false), 0);
});

test('no key loads the page anew', () => {
  for (const event of [ctrl('r'), ctrl('R', { shiftKey: true }), ctrl('F5'), { ...NONE, key: 'F5' }])
    assert.equal(windowKey(event, false), 'stay');
});

test('what is written stays with the text', () => {
  for (const key of ['q', '+', '-', '0', 'r', 'Enter'])
    assert.equal(windowKey({ ...NONE, key }, false), null);
  // AltGr is both keys: it writes characters.
  assert.equal(windowKey(ctrl('q', { altKey: true }), false), null);
});
