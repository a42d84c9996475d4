import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formattingMark,
  startsWriting,
  writingAct,
  type Press,
} from '../../../../ui/elements/shared/writing-keys.ts';

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

test('Enter sends, with Ctrl or ⌘ too; with Shift or Alt it does not', () => {
  for (const modifier of [{}, { ctrlKey: true }, { metaKey: true }])
    assert.equal(writingAct(press(modifier), false, true), 'send', JSON.stringify(modifier));
  for (const modifier of ['shiftKey', 'altKey'] as const)
    assert.equal(writingAct(press({ [modifier]: true }), false, true), null, modifier);
  assert.equal(writingAct(press({ ctrlKey: true, shiftKey: true }), false, true), null);
  assert.equal(writingAct(press({ key: 'a', keyCode: 65 }), false, true), null);
});

test('where Enter breaks the line, it sends with Ctrl or ⌘ only', () => {
  assert.equal(writingAct(press(), false, false), null);
  assert.equal(writingAct(press({ shiftKey: true }), false, false), null);
  assert.equal(writingAct(press({ ctrlKey: true }), false, false), 'send');
  assert.equal(writingAct(press({ metaKey: true }), false, false), 'send');
});

test('an input method keeps its keys: while it composes, and for the Enter that WebKit sends after it', () => {
  for (const enterSends of [true, false]) {
    assert.equal(writingAct(press({ isComposing: true }), false, enterSends), null);
    assert.equal(writingAct(press({ keyCode: 229 }), false, enterSends), null);
    assert.equal(writingAct(press({ isComposing: true, ctrlKey: true }), false, enterSends), null);
    assert.equal(
      writingAct(press({ key: 'ArrowUp', isComposing: true, keyCode: 229 }), true, enterSends),
      null,
    );
  }
});

test('up goes to the messages from an empty field, and moves the caret in any other', () => {
  assert.equal(writingAct(press({ key: 'ArrowUp', keyCode: 38 }), true, true), 'messages');
  assert.equal(writingAct(press({ key: 'ArrowUp', keyCode: 38 }), false, true), null);
});

test('what begins a text: characters of any script and level, dead keys, input methods, a paste', () => {
  const starts = (part: Partial<Press>, isMac = false, altGraph = false) =>
    startsWriting({ ...press({ keyCode: 0, ...part }), getModifierState: () => altGraph }, isMac);
  for (const key of ['a', 'A', '?', '/', 'ß', 'я', 'ש', '7', '🦔', 'Dead', 'Process'])
    assert.equal(starts({ key, shiftKey: key === 'A' || key === '?' }), true, key);
  assert.equal(starts({ key: 'a', keyCode: 229 }), true);
  assert.equal(starts({ key: '@', ctrlKey: true, altKey: true }, false, true), true, 'AltGr');
  assert.equal(starts({ key: '@', altKey: true }, true), true, 'Option on a Mac');
  assert.equal(starts({ key: 'v', ctrlKey: true }), true);
  assert.equal(starts({ key: 'v', metaKey: true }, true), true);
  for (const key of [
    ' ',
    'Enter',
    'Tab',
    'Escape',
    'ArrowUp',
    'PageUp',
    'PageDown',
    'Home',
    'F5',
    'Shift',
    'Control',
    'Backspace',
  ])
    assert.equal(starts({ key }), false, key);
  for (const key of ['c', 'a', 'x', 'k', '/'])
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey'])
      assert.equal(starts({ key, [modifier]: true }), false, `${modifier} ${key}`);
  assert.equal(starts({ key: 'v', metaKey: true }), false);
});

test('Ctrl+B and Ctrl+I format, on a Mac with ⌘; with any other key they do not', () => {
  const key = (name: string, part: Partial<Press> = {}): Press => press({ key: name, keyCode: 66, ...part });
  assert.equal(formattingMark(key('b', { ctrlKey: true }), false), '*');
  assert.equal(formattingMark(key('I', { ctrlKey: true }), false), '_');
  assert.equal(formattingMark(key('b', { metaKey: true }), true), '*');
  for (const [mac, part] of [
    [false, {}],
    [false, { metaKey: true }],
    [true, { ctrlKey: true }],
    [false, { ctrlKey: true, altKey: true }],
    [false, { ctrlKey: true, shiftKey: true }],
    [false, { ctrlKey: true, isComposing: true }],
  ] as const)
    assert.equal(formattingMark(key('b', part), mac), null, JSON.stringify(part));
  assert.equal(formattingMark(key('u', { ctrlKey: true }), false), null);
});
