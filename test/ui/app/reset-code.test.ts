import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resetCodeIn } from '../../../ui/app/reset-code.ts';

const CODE = '0123456789abcdef0123456789abcdef';

test('[A10] the link for a new password holds its code after the #', () => {
  assert.equal(resetCodeIn({ hash: `#/reset/${CODE}` }), CODE);
});

test('any other address holds none', () => {
  for (const hash of ['', '#/', '#/settings', '#/reset/', '#/reset/a/b', '#/reset/%', `#/invite/${CODE}`])
    assert.equal(resetCodeIn({ hash }), '', hash);
});
