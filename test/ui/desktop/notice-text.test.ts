import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noticeText } from '../../../ui/platform/desktop/notice-text.ts';
import { NAUGHTY_STRINGS } from '../../support/naughty-strings.ts';

test('on Linux markup is shown, not obeyed', () => {
  assert.equal(
    noticeText('<b>5 > 4 & "x"</b> <img src=http://a.b/c>', 'Linux'),
    '&lt;b&gt;5 &gt; 4 &amp; "x"&lt;/b&gt; &lt;img src=http://a.b/c&gt;',
  );
  assert.equal(noticeText('a\\nb', 'Linux'), 'a\\\\nb');
  assert.ok(!noticeText('--help', 'Linux').startsWith('-'));
});

test('elsewhere the text stays as it is', () => {
  for (const system of ['Windows', 'Darwin']) assert.equal(noticeText('<b>&', system), '<b>&');
});

test('no control character and no more than a glance of text, whatever comes', () => {
  for (const text of [...NAUGHTY_STRINGS, '👋'.repeat(500), 'a\r\nb\u2028c\0d\u001b[31m']) {
    for (const system of ['Linux', 'Windows', 'Darwin']) {
      const shown = noticeText(text, system);
      assert.doesNotMatch(shown, /\p{Cc}|\p{Zl}|\p{Zp}/u);
      if (system === 'Linux') assert.doesNotMatch(shown.replace(/&(amp|lt|gt);/g, ''), /[<>&]/);
      else assert.ok([...shown].length <= 200);
    }
  }
  assert.equal(noticeText(' a\r\n\tb ', 'Windows'), 'a b');
});
