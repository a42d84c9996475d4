import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutBlankEnds } from '../../../../ui/model/text/blank-lines.ts';

test('blank lines around a text go, what is between them stays', () => {
  for (const [typed, sent] of [
    ['hello', 'hello'],
    ['\n\nhello\n\n', 'hello'],
    [' \n\t\n  hello', '  hello'],
    ['hello  \n \t \n', 'hello  '],
    ['\nfirst\n\n\n  second\n', 'first\n\n\n  second'],
    ['\r\n\r\nhello\r\n', 'hello'],
    ['\u2028hello\u2029', 'hello'],
    ['\u200b\n\u3164\nhello\n\u2800', 'hello'],
    ['  if (x) {\n    y();\n  }', '  if (x) {\n    y();\n  }'],
    ['\u{1f3f4}\u{e0067}\u{e007f}\n', '\u{1f3f4}\u{e0067}\u{e007f}'],
    ['\n\ud800', '\ud800'],
    ['', ''],
  ] as const)
    assert.equal(withoutBlankEnds(typed), sent, JSON.stringify(typed));
});

test('a text of blank lines alone stays without anything to see', () => {
  for (const typed of ['\n', ' \n \n', '\n\n\u200b\n']) assert.equal(withoutBlankEnds(typed).trim(), '');
});
