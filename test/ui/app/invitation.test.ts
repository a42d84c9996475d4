import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invitationIn } from '../../../ui/app/invitation.ts';

const CODE = '0123456789abcdef0123456789abcdef';

test('the address of an invitation holds its code after the # or in the query', () => {
  assert.equal(invitationIn({ hash: `#/invite/${CODE}`, search: '' }), CODE);
  assert.equal(invitationIn({ hash: '#/', search: `?invite=${CODE}` }), CODE);
  assert.equal(invitationIn({ hash: '', search: `?from=mail&invite=${CODE}&x=1` }), CODE);
});

test('any other address holds none', () => {
  for (const hash of [
    '',
    '#/',
    '#/settings',
    '#/invite/',
    '#/invite/a/b',
    '#/invite/%',
    `#/invite/${'a'.repeat(129)}`,
  ])
    assert.equal(invitationIn({ hash, search: '?uninvite=1&invite=' }), '', hash);
});
