import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmoji } from '../../../../ui/model/text/emoji.ts';

test('[M4] one emoji is one, however many code points it has; anything else is none', () => {
  for (const text of ['👍', '👍🏽', '❤️', '👩🏽‍❤️‍💋‍👨🏿', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '🇦🇹', '#️⃣']) assert.ok(isEmoji(text), text);
  for (const text of ['', 'a', '1', '❤', '👍👍', '👍 ', ' 👍', '🇦', '👍\u200d', '\ud83d'])
    assert.ok(!isEmoji(text), text);
});
