import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writingAct, type Press } from '../../ui/elements/writing-keys.ts';

const press = (part: Partial<Press> = {}): Press => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...part,
});

test('Enter sends, and only Enter alone', () => {
  assert.equal(writingAct(press(), false), 'send');
  for (const modifier of ['shiftKey', 'ctrlKey', 'altKey', 'metaKey'] as const) {
    assert.equal(writingAct(press({ [modifier]: true }), false), null, modifier);
  }
  assert.equal(writingAct(press({ key: 'a', keyCode: 65 }), false), null);
});

test('an input method keeps its keys: while it composes, and for the Enter that WebKit sends after it', () => {
  assert.equal(writingAct(press({ isComposing: true }), false), null);
  assert.equal(writingAct(press({ keyCode: 229 }), false), null);
  assert.equal(writingAct(press({ key: 'ArrowUp', isComposing: true, keyCode: 229 }), true), null);
});

test('up goes to the messages from an empty field, and moves the caret in any other', () => {
  assert.equal(writingAct(press({ key: 'ArrowUp', keyCode: 38 }), true), 'messages');
  assert.equal(writingAct(press({ key: 'ArrowUp', keyCode: 38 }), false), null);
});
